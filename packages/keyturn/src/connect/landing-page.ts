/** The last page of a login, shown by the loopback server. Loads nothing from anywhere. */
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
} as const

export const landingPage = (title: string, text: string, good: boolean): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)} · Keyturn</title>
<style>
  :root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }
  body { display: grid; place-items: center; min-height: 90vh; margin: 0 }
  main { max-width: 32rem; padding: 2rem; border-top: 6px solid ${good ? '#2e844a' : '#ba0517'} }
  h1 { font-size: 1.6rem; margin: 0 0 .5rem }
</style>
<main role="${good ? 'status' : 'alert'}">
  <h1>${escape(title)}</h1>
  <p>${escape(text)}</p>
</main>
</html>
`
