/**
 * The name of a client, stable over time and versions, so that readiness can be recorded against it:
 * `APP/PROGRAM/USER`, each part percent-encoded where it holds what a shell, a path or a pattern would obey.
 */

export interface ClientName {
  /** As the subject of controls names it: `app:Erp`, `eca:Erp`, `uninstalled:Erp`. */
  readonly app: string
  /** `jsforce`, `unnamed`, `unseen`, `keyturn:GRANT`, `broker:CALLER`. */
  readonly program: string
  readonly user: string
}

const encoded = (part: string): string =>
  part.toWellFormed().replace(/[^A-Za-z0-9@._:+-]/gu, (sign) => encodeURIComponent(sign).replace(/[!'()*~]/g, hex))

const hex = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`

export const clientId = ({ app, program, user }: ClientName): string => [app, program, user].map(encoded).join('/')

const part = String.raw`[A-Za-z0-9@._:+%-]+`
const idPattern = new RegExp(`^${part}/${part}/(?:${part}|\\*)$`)

/** A client's id, or one of all users of a program: `app:Erp/jsforce/*`. */
export const isClientPattern = (text: string): boolean => text.length <= 1000 && idPattern.test(text)

export const matches = (pattern: string, id: string): boolean =>
  pattern === id || (pattern.endsWith('/*') && id.slice(0, id.lastIndexOf('/') + 1) === pattern.slice(0, -1))

/** Every pattern that names this client, the narrowest first. */
export const everyUserOf = (id: string): string => `${id.slice(0, id.lastIndexOf('/'))}/*`

/** The login history keeps 64 characters; a snapshot may hold anything. */
const longest = 200

const isVersion = (word: string): boolean => /^v?\d+([._]\w+)*$/.test(word)

/** What the program calls itself, without versions and what changes from one device to the next. */
export const programOf = (client: string): string => {
  const words = client
    .slice(0, longest)
    .replace(/\([^()]*\)?/g, ' ')
    .split(/\s+/)
    .map((word) => word.replace(/[/:]v?\d[\w.+-]*$/, '').replace(/[:;,/]+$/, ''))
    .filter((word) => word !== '' && !isVersion(word) && !/^uid_/i.test(word))
  return words.length === 0 ? 'unnamed' : words.join('-')
}

/** `2.32.4` of `python-requests/2.32.4`; null: none is named. */
export const versionIn = (client: string): string | null =>
  /(?:^|[/ @:v])v?(\d+(?:\.\w+)*)/.exec(client.slice(0, longest))?.[1] ?? null
