/** A plan for people who decide: the audit's page, with who would lose access and what is to be done, app by app. */
import { scoreRing } from '../../audit/formats/html-charts.ts'
import { htmlPage, tile } from '../../audit/formats/html-page.ts'
import { advice, badge, html } from '../../audit/formats/html-text.ts'
import { counted, shownMoment } from '../../audit/shown-text.ts'
import type { PlannedApp, RtrPlan, Stage } from '../plan.ts'
import { declarationDays, rehearsalDays } from '../readiness.ts'
import type { JudgedClient } from '../readiness.ts'
import { daysText, inTheWay, leadText, legend, programText, sentence, stageWords, verdictText } from './words.ts'

const atOnce = 8
const most = 200

const tones: Readonly<Record<Stage, string>> = {
  on: 'pass',
  ready: 'pass',
  waiting: 'high',
  foreign: 'low',
  blocked: 'waived',
  unknown: 'unknown',
}
const verdictTones = { ready: 'pass', 'not-ready': 'critical', unknown: 'unknown' } as const

const anchor = (app: PlannedApp, index: number): string => `app-${index}-${app.kind}`

const clientRow = (one: JudgedClient): string => {
  const seen = [
    ...one.names.slice(0, 3).map((text) => html(text, 80)),
    ...(one.ways.length === 0 ? [] : [html(one.ways.slice(0, 3).join(', '), 120)]),
    ...(one.last === null ? [] : [`last ${html(shownMoment(one.last))}`]),
  ]
  return `<tr><td><b>${html(programText(one), 80)}</b><br><code>${html(one.user, 120)}</code></td><td class="soft">${seen.join('<br>')}</td><td>${badge(verdictTones[one.readiness], html(verdictText(one), 60))}</td><td>${known(one)}</td></tr>`
}

const known = ({ evidence, program }: JudgedClient): string =>
  evidence.length > 0
    ? evidence.map(({ text }) => html(text, 300)).join('<br>')
    : `<span class="soft">${program === 'unseen' ? 'A token, and no login that used it' : 'Nothing'}</span>`

const clientTable = (clients: readonly JudgedClient[]): string =>
  `<div class="scroll"><table class="wide"><thead><tr><th>Client</th><th>Seen as</th><th>Survives rotation?</th><th>What is known</th></tr></thead><tbody>${clients.map(clientRow).join('')}</tbody></table></div>`

const clientsPart = ({ clients }: PlannedApp): string => {
  if (clients.length === 0) return '<p class="soft">No client was seen.</p>'
  const shown = clients.toSorted((a, b) => Number(a.readiness === 'ready') - Number(b.readiness === 'ready'))
  const hidden = shown.slice(atOnce, most)
  const beyond = shown.length > most ? `<p class="soft">… and ${shown.length - most} more, in the JSON report.</p>` : ''
  return `${clientTable(shown.slice(0, atOnce))}${hidden.length === 0 ? '' : `<details><summary>${hidden.length} more</summary>${clientTable(hidden)}${beyond}</details>`}`
}

const about = (app: PlannedApp): string =>
  [
    app.kind === 'external' ? 'external client app' : 'connected app',
    ...(app.origin === null || app.origin === 'local' ? [] : [app.origin]),
    ...(app.tokens === null ? [] : [counted(app.tokens, 'refresh token')]),
    ...(app.users === null ? [] : [counted(app.users, 'user')]),
    ...(app.lastUsed === null ? [] : [`last used ${shownMoment(app.lastUsed)}`]),
  ].join(' · ')

const card = (
  app: PlannedApp,
  index: number,
): string => `<article class="card finding ${tones[app.stage]}" id="${anchor(app, index)}">
<header><h3>${html(app.label, 120)}</h3>${badge(tones[app.stage], stageWords[app.stage])}</header>
<p class="meta"><code>${html(app.subject, 120)}</code> · ${html(about(app), 300)}</p>
<p class="because">${html(sentence(app.why))}</p>
${clientsPart(app)}
${app.notes.map((text) => `<p class="soft">${html(text)}</p>`).join('')}
${app.steps.length === 0 ? '' : `<div class="do"><b>What to do</b><ul class="plain">${app.steps.map((text) => `<li>${advice(text)}</li>`).join('')}</ul></div>`}
</article>`

const groups: readonly (readonly [title: string, stages: readonly Stage[]])[] = [
  ['Can be switched on now', ['ready']],
  ['Waits for clients', ['waiting', 'unknown']],
  ['Only its maker can switch it', ['foreign']],
  ['Rotates already', ['on']],
  ['Blocked', ['blocked']],
]

const groupsPart = ({ apps }: RtrPlan): string =>
  groups
    .map(([title, stages]) => {
      const mine = apps.flatMap((app, index) => (stages.includes(app.stage) ? [card(app, index)] : []))
      return mine.length === 0 ? '' : `<h2>${title}</h2>${mine.join('\n')}`
    })
    .join('\n')

const orderPart = ({ apps }: RtrPlan): string => {
  const next = apps.flatMap((app, index) => (app.stage === 'ready' || app.stage === 'waiting' ? [{ app, index }] : []))
  if (next.length === 0) return ''
  const items = next.slice(0, 12).map(({ app, index }) => {
    const owners = app.owners.map((owner) => owner ?? 'not known').slice(0, 4)
    const who = owners.length === 0 ? '' : ` · owner: ${owners.join(', ')}`
    const what = inTheWay(app)
    return `<li class="${tones[app.stage]}"><div><b>${html(app.label, 120)}</b><p class="soft">${html(`${what === null ? sentence(app.why) : what}${who}`, 300)} · <a href="#${anchor(app, index)}">details</a></p></div>${badge(tones[app.stage], stageWords[app.stage])}</li>`
  })
  return `<h2>In this order</h2><p class="soft">${html(legend)}</p><div class="card"><ol class="first">${items.join('')}</ol>${next.length > 12 ? `<p class="soft">… and ${next.length - 12} more.</p>` : ''}</div>`
}

const blindPart = ({ blind }: RtrPlan): string =>
  blind.length === 0
    ? ''
    : `<h2>What could not be read</h2><div class="card"><p>With any of this missing there may be clients that nobody sees, so no app counts as ready.</p><ul class="plain">${blind.map((text) => `<li>${html(text)}</li>`).join('')}</ul></div>`

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 100))

export const planHtml = (plan: RtrPlan, version: string): string => {
  const { org, counts } = plan
  const ring = {
    value: counts.clients === 0 ? null : share(counts.readyClients, counts.clients),
    atLeast: share(counts.readyClients, counts.clients),
    atMost: share(counts.readyClients + counts.unknownClients, counts.clients),
    unknownShare: share(counts.unknownClients, counts.clients),
  }
  return htmlPage(
    `Refresh Token Rotation in ${org.name}`,
    `<p class="eyebrow">Refresh Token Rotation: who is ready</p>
<h1>${html(org.name, 120)}</h1>
<p class="meta">${org.sandbox ? 'Sandbox' : 'Production org'} ${html(org.id, 40)} · read ${html(shownMoment(plan.takenAt))}</p>
<div class="card hero">${scoreRing(ring, counts.brokenClients > 0, { name: 'Clients that are ready', unit: '% ready' })}<div><p class="lead">${html(leadText(plan), 600)}</p><p class="soft">With rotation a refresh token works once: whoever sends an old one again loses access, with everybody who shares it. So all clients of one app have to be ready together. ${html(daysText(plan))}</p></div></div>
<ul class="tiles">${[
      tile('pass', counts.on, 'apps rotate'),
      tile('pass', counts.ready, 'can be switched on'),
      tile('high', counts.waiting, 'wait for clients'),
      tile('low', counts.foreign, 'are their makers’ to switch'),
      tile('critical', counts.brokenClients, 'clients would lose access'),
      tile('unknown', counts.unknownClients, 'clients nobody knows about'),
    ].join('')}</ul>
${blindPart(plan)}
${orderPart(plan)}
${groupsPart(plan)}
<footer><p><b>How a client is judged.</b> Ready is who was rehearsed against a simulated org within ${rehearsalDays} days and passed, who comes through Keyturn or its broker, whose kind or repository is known to survive, who has no refresh token, or for whom somebody answers by name for ${declarationDays} days (“declared”). Silence is never ready.</p>
<p>Judged ${html(shownMoment(plan.judgedAt))} by Keyturn ${html(version)}. No secret and no token was read.</p></footer>`,
  )
}
