/**
 * The look of the HTML report: light, dark and on paper. Text stands out from its ground by 4.5 to 1 and more, marks by
 * 3 to 1 (WCAG 2.2), and no meaning is in a colour alone.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f8, #0f1319); --card: light-dark(#ffffff, #181e27); --line: light-dark(#dde1e8, #2d3644);
  --text: light-dark(#1a2230, #e7ebf2); --soft: light-dark(#556072, #a3aebf); --accent: light-dark(#0b4fa3, #7ab6ff);
  --critical: light-dark(#a3001b, #ff8593); --high: light-dark(#b3470a, #ffa366); --medium: light-dark(#856000, #ecc44a);
  --low: light-dark(#1f6391, #7fc1ee); --info: light-dark(#5a6475, #a3aebf);
  --pass: light-dark(#1c7a47, #55c98a); --unknown: light-dark(#6a5aa8, #b9a8f5); --waived: light-dark(#5f6b7c, #93a0b3);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text) }
main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere }
h1 { font-size: clamp(1.6rem, 4.5vw, 2.3rem); letter-spacing: -.02em; margin: .2rem 0 .5rem }
h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 3rem 0 .9rem }
h3 { font-size: 1.08rem; margin: 0 }
p { margin: .5rem 0 }
a { color: inherit; text-underline-offset: .15em }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem }
.eyebrow { color: var(--accent); font-weight: 650; font-size: .82rem; letter-spacing: .09em; text-transform: uppercase; margin: 0 }
.meta, .soft { color: var(--soft) }
.meta { font-size: .93rem; margin: 0; overflow-wrap: anywhere }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .8rem; padding: 1.4rem 1.5rem }
.hero { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem 2.2rem; align-items: center; margin-top: 1.6rem }
.hero svg { width: 100%; max-width: 13rem; display: block; margin: 0 auto }
.lead { font-size: 1.16rem; line-height: 1.5; margin: 0 0 .8rem }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .8rem; margin: 1rem 0 0; padding: 0; list-style: none }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .8rem 1rem; border-top: 4px solid var(--tone, var(--line)) }
.tiles b { display: block; font-size: 1.75rem; line-height: 1.15; font-variant-numeric: tabular-nums; letter-spacing: -.02em }
.tiles span { color: var(--soft); font-size: .88rem }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin-top: 1rem }
.pair svg { width: 100%; max-width: 29rem; height: auto; display: block }
.pair h3, .trend h3 { margin-bottom: .7rem }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft) }
svg .big { font-size: 40px; font-weight: 700; fill: var(--text); letter-spacing: -1px } svg .strong { fill: var(--text); font-weight: 600 }
svg .track { stroke: var(--line) }
.f-critical { fill: var(--critical) } .f-high { fill: var(--high) } .f-medium { fill: var(--medium) } .f-low { fill: var(--low) } .f-info { fill: var(--info) }
.f-pass { fill: var(--pass) } .f-fail { fill: var(--critical) } .f-unknown { fill: var(--unknown) } .f-waived { fill: var(--waived) } .f-accent { fill: var(--accent) }
.s-good { stroke: var(--pass) } .s-fair { stroke: var(--medium) } .s-poor { stroke: var(--critical) } .s-unknown { stroke: var(--unknown) } .s-accent { stroke: var(--accent) }
.critical { --tone: var(--critical) } .high { --tone: var(--high) } .medium { --tone: var(--medium) } .low { --tone: var(--low) } .info { --tone: var(--info) }
.pass { --tone: var(--pass) } .unknown { --tone: var(--unknown) } .waived { --tone: var(--waived) } .fail { --tone: var(--critical) }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .86rem; color: var(--soft); margin: .7rem 0 0; padding: 0; list-style: none }
.legend li::before { content: ""; display: inline-block; width: .75em; height: .75em; border-radius: .2em; background: var(--tone); margin-right: .45em }
.badge { display: inline-block; border: 1.5px solid var(--tone); color: var(--tone); border-radius: 1rem; padding: .02rem .6rem; font-size: .78rem; font-weight: 650; text-transform: uppercase; letter-spacing: .04em; white-space: nowrap }
.group { display: flex; align-items: baseline; gap: .7rem; margin: 1.8rem 0 .7rem }
.finding { border-left: 5px solid var(--tone); margin: 0 0 1rem; break-inside: auto }
.finding header { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: baseline; justify-content: space-between; break-after: avoid }
.finding .because { font-weight: 550; margin: .55rem 0 .4rem; overflow-wrap: anywhere }
.do { border-radius: .5rem; background: color-mix(in srgb, var(--accent) 9%, var(--card)); padding: .7rem .95rem; margin: .9rem 0 .2rem }
.do b { color: var(--accent) }
.ids { font-size: .84rem; color: var(--soft); margin: .6rem 0 0; overflow-wrap: anywhere }
code { font: .87em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .92rem; margin: .7rem 0 0 }
th { text-align: left; font-size: .78rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); font-weight: 600 }
th, td { padding: .42rem .8rem .42rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
table.wide { min-width: 42rem } th, .day { white-space: nowrap }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.evidence td:first-child { width: 34% } .verdicts td:first-child { width: auto }
tr { break-inside: avoid }
ul.plain { margin: .2rem 0; padding-left: 1.1rem } td > details { margin: 0 }
details { margin-top: .5rem }
summary { cursor: pointer; color: var(--accent); font-weight: 550; padding: .25rem 0 }
summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem }
ol.first { margin: 0; padding: 0; list-style: none; counter-reset: step }
ol.first li { display: grid; grid-template-columns: 2.1rem 1fr auto; gap: .2rem .8rem; align-items: start; padding: .75rem 0; border-bottom: 1px solid var(--line); counter-increment: step }
ol.first li:last-child { border: 0; padding-bottom: 0 } ol.first li:first-child { padding-top: 0 }
ol.first li::before { content: counter(step); font-weight: 700; width: 1.75rem; height: 1.75rem; line-height: 1.75rem; text-align: center; border-radius: 50%; color: var(--card); background: var(--tone) }
ol.first p { margin: .1rem 0 0 }
.calm { border-left: 5px solid var(--pass) }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .87rem }
@media (max-width: 40rem) {
  main { padding: 1.4rem .9rem 3rem }
  .card { padding: 1.05rem 1rem }
  .hero { grid-template-columns: 1fr }
  .hero svg { max-width: 11rem }
  ol.first li { grid-template-columns: 2.1rem 1fr } ol.first li .badge { grid-column: 2; justify-self: start }
  .evidence, .evidence tbody, .evidence tr, .evidence td { display: block; width: auto }
  .evidence thead { display: none }
  .evidence td { border: 0; padding: .1rem 0 } .evidence td:first-child { width: auto; padding-top: .55rem }
  .evidence tr { border-bottom: 1px solid var(--line); padding-bottom: .5rem }
}
@media print {
  :root { color-scheme: light; font-size: 10.5pt; --ground: #fff }
  @page { margin: 16mm 14mm }
  main { max-width: none; padding: 0 }
  h2 { break-after: avoid } .group { break-after: avoid }
  .hero, .tiles li, .pair > *, ol.first li { break-inside: avoid }
  details::details-content { content-visibility: visible; display: block; height: auto }
  summary { display: none }
  .card, .tiles li { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`
