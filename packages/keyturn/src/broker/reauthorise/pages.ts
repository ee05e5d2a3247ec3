/**
 * What a person sees: which org, app and user, why, and one button. Plain HTML that loads nothing and runs nothing. The
 * button is a POST, since chat tools and mail scanners open every link they see.
 */
import type { ReauthorisationDoc } from './reauthorisation-record.ts'

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * `form-action` has to let the way through Salesforce pass: browsers hold redirects that follow a form to it, and My
 * Domain and single sign-on hosts are known to the org only.
 */
export const pageHeaders = (loginUrl: string | null): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action ${
    loginUrl === null ? "'none'" : `'self' https: ${new URL(loginUrl).origin}`
  }`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'x-robots-tag': 'noindex',
})

type Tone = 'good' | 'bad' | 'plain'
/** On white and on black: each stands out by at least 3 to 1 (WCAG 2.2, 1.4.11). */
const colours: Readonly<Record<Tone, string>> = {
  good: 'light-dark(#2e844a, #45c65a)',
  bad: 'light-dark(#ba0517, #fe7765)',
  plain: 'light-dark(#0b5cab, #57a3fd)',
}

const page = (title: string, tone: Tone, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Keyturn</title>
<style>
  :root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }
  body { display: grid; place-items: center; min-height: 100dvh; margin: 0; padding: 1rem; box-sizing: border-box }
  main { width: 100%; max-width: 36rem; border-top: 6px solid ${colours[tone]}; padding: 1.5rem 0 }
  h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 1.25rem 0 }
  dt { opacity: .75 }
  dd { margin: 0; overflow-wrap: anywhere }
  dt:first-of-type + dd { font-weight: 600 }
  [role=alert] { border-left: 4px solid ${colours.bad}; padding: .25rem 0 .25rem .9rem; overflow-wrap: anywhere }
  [role=alert] p { margin: 0 }
  button { font: inherit; font-weight: 600; color: #fff; background: #0b5cab; border: 0; border-radius: .4rem; padding: .7rem 1.4rem; cursor: pointer }
  button:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
  small { opacity: .75 }
  @media (max-width: 30rem) { body { place-items: start } dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .6rem } button { width: 100% } }
</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`

const paragraph = (text: string): string => `<p>${escape(text)}</p>`

export const messagePage = (title: string, text: string, tone: Tone): string =>
  page(title, tone, `<div role="${tone === 'bad' ? 'alert' : 'status'}">${paragraph(text)}</div>`)

const minute = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** A consumer key is no secret, and too long to be compared by eye. */
const shortened = (clientId: string): string => (clientId.length <= 20 ? clientId : `${clientId.slice(0, 16)}…`)

export const signInPage = (doc: ReauthorisationDoc): string => {
  const user = doc.username ?? doc.userId
  const rows: readonly (readonly [string, string])[] = [
    ['Sign in as', user],
    ['At', new URL(doc.loginUrl).host],
    ['Org', doc.orgId],
    ['App', shortened(doc.clientId)],
    ['Keyturn grant', doc.grant],
    ['Why', doc.why === '' ? 'A new authorisation was asked for.' : doc.why],
    ['Asked by', `${doc.by}, ${minute(doc.madeAt)}`],
    ...(doc.owner === null ? [] : [['For', doc.owner] as const]),
    ['This link ends', minute(doc.expiresAt)],
  ]
  const facts = rows.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('\n')
  const lead =
    doc.reason === 'dead'
      ? 'Salesforce does not accept Keyturn’s access to this org any more. The programs that use it wait until its user signs in once.'
      : 'Somebody wants Keyturn’s access to this org to be authorised anew. Until its user signs in, the present one is used.'
  return page(
    'Sign in to Salesforce again',
    doc.outcome === null ? 'plain' : 'bad',
    `${doc.outcome === null ? '' : `<div role="alert">${paragraph(doc.outcome)}</div>\n`}${paragraph(lead)}
<dl>
${facts}
</dl>
<form method="post"><button type="submit">Sign in at Salesforce</button></form>
<p><small>Keyturn never sees your password. A sign-in as another user, or in another org, is refused and changes nothing. If you did not expect this, don’t sign in and ask your administrators.</small></p>`,
  )
}
