/** The pages a person sees: log in, approve, connect a device. Plain HTML, no script. */
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}
label{display:block;margin:.8rem 0 .2rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}
button{font:inherit;margin:1rem .5rem 0 0;padding:.4rem 1rem}.error{color:#b00020}small{color:#666}</style></head>
<body><h1>${escape(title)}</h1>${body}<p><small>A simulated Salesforce org. Nothing here is real.</small></p></body></html>
`

const hidden = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`)
    .join('')

export const loginPage = (of: {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly username: string
  readonly error: string | null
}): string =>
  page(
    'Log In',
    `<form method="post" action="${escape(of.action)}">${hidden(of.fields)}
${of.error === null ? '' : `<p class="error" role="alert">${escape(of.error)}</p>`}
<label for="username">Username</label><input id="username" name="username" autocomplete="username" value="${escape(of.username)}" required>
<label for="pw">Password</label><input id="pw" name="pw" type="password" autocomplete="current-password" required>
<button type="submit" name="step" value="login">Log In</button></form>`,
  )

export const approvalPage = (of: {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly app: string
  readonly username: string
  readonly scopes: readonly string[]
}): string =>
  page(
    'Allow Access?',
    `<p><strong>${escape(of.app)}</strong> is asking to act as <strong>${escape(of.username)}</strong> with:</p>
<ul>${of.scopes.map((scope) => `<li>${escape(scope)}</li>`).join('')}</ul>
<form method="post" action="${escape(of.action)}">${hidden(of.fields)}
<button type="submit" name="step" value="allow">Allow</button><button type="submit" name="step" value="deny">Deny</button></form>`,
  )

export const devicePage = (of: {
  readonly action: string
  readonly userCode: string
  readonly error: string | null
}): string =>
  page(
    'Connect Your Device',
    `<form method="post" action="${escape(of.action)}">
${of.error === null ? '' : `<p class="error" role="alert">${escape(of.error)}</p>`}
<label for="user_code">Code</label><input id="user_code" name="user_code" value="${escape(of.userCode)}" required>
<label for="username">Username</label><input id="username" name="username" required>
<label for="pw">Password</label><input id="pw" name="pw" type="password" required>
<button type="submit" name="step" value="allow">Connect</button><button type="submit" name="step" value="deny">Deny</button></form>`,
  )

export const messagePage = (title: string, message: string): string => page(title, `<p>${escape(message)}</p>`)
