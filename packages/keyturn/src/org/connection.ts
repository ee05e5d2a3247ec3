/**
 * An org as the user of one grant sees it: REST by the library's own fetch (a dead session is repeated once), SOQL over
 * all pages, and the Metadata API by jsforce, loaded when it is needed. Roles are grants: who audits, who rotates and who
 * responds sign in as different users with different permission sets.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, Keyturn } from '@keyturn/tokens'
import type { Connection } from '@jsforce/jsforce-node'

/** Newest version of the APIs that this was written against (Summer '26); an older org answers in its own newest. */
const newestVersion = 67

export interface RestAnswer {
  readonly status: number
  /** Null: no body, or that of an error which is no JSON. */
  readonly body: Json
  /** Of the org's daily API limit, as its answers say (Sforce-Limit-Info); null: this one did not. */
  readonly apiUsage?: { readonly used: number; readonly limit: number } | null
}

export type Row = Readonly<Record<string, Json>>

export interface OrgConnection {
  readonly grant: string
  /** `/services/data/v66.0`, the newest both sides know. */
  base(): Promise<string>
  /**
   * Path below `base`, or an absolute one. Answers of every status; throws where no answer came, and for a success that is
   * no JSON (a proxy's page): nobody may take that for an empty answer.
   */
  send(method: string, path: string, body?: Json): Promise<RestAnswer>
  /** As `send`, and throws ORG_REFUSED for a status of 400 and more. */
  rest(method: string, path: string, body?: Json): Promise<Json>
  query(soql: string, options?: { readonly tooling?: boolean }): Promise<readonly Row[]>
  /** jsforce on this grant's tokens, for Metadata and SOAP. */
  jsforce(): Promise<Connection>
  whoAmI(): Promise<{ readonly orgId: string; readonly userId: string; readonly username: string }>
}

/** What the org said, in the words of its first error: `[{"errorCode": …, "message": …}]`, or an object of OAuth's. */
export const refusalOf = ({ status, body }: RestAnswer): { readonly code: string; readonly message: string } => {
  const first = Array.isArray(body) ? (body as readonly Json[])[0] : body
  const { errorCode, error, message, error_description: description } = row(first)
  return {
    code: String(errorCode ?? error ?? `HTTP ${status}`),
    message: String(message ?? description ?? 'no reason was given'),
  }
}

export const row = (value: Json | undefined): Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}

export const rows = (value: Json | undefined): readonly Row[] =>
  Array.isArray(value) ? (value as readonly Json[]).map(row) : []

export const orgRefused = (what: string, answer: RestAnswer): KeyturnError => {
  const { code, message } = refusalOf(answer)
  const later = answer.status >= 500 || answer.status === 429 || code === 'REQUEST_LIMIT_EXCEEDED'
  return new KeyturnError(later ? 'ORG_UNAVAILABLE' : 'ORG_REFUSED', `${what}: ${code}: ${message}`, {
    data: { status: answer.status, errorCode: code },
  })
}

export const orgConnection = (keyturn: Keyturn, grant: string): OrgConnection => {
  let base: Promise<string> | undefined
  let connection: Promise<Connection> | undefined

  const call = async (method: string, path: string, body?: Json): Promise<RestAnswer> => {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await keyturn.fetch(grant, path, { method, ...sent })
    const text = await answer.text()
    const read = jsonOf(text)
    if (answer.status < 400 && read === null && text.trim() !== '' && text.trim() !== 'null') {
      const what = `${method} ${path.split('?')[0] ?? ''}`
      throw new KeyturnError('ORG_UNAVAILABLE', `${what}: the answer is no JSON (HTTP ${answer.status})`)
    }
    return {
      status: answer.status,
      body: read,
      apiUsage: usageOf(answer.headers.get('sforce-limit-info')),
    }
  }
  const findBase = async (): Promise<string> => {
    const answer = await call('GET', '/services/data')
    if (answer.status >= 400) throw orgRefused('The list of API versions', answer)
    const versions = rows(answer.body).map(({ version }) => Number(version))
    const version = Math.max(...versions.filter((one) => one <= newestVersion))
    if (!Number.isFinite(version)) throw new KeyturnError('ORG_REFUSED', 'This org speaks no API version we know')
    return `/services/data/v${version.toFixed(1)}`
  }
  const baseOf = (): Promise<string> =>
    (base ??= findBase().catch((error: unknown) => {
      base = undefined
      throw error
    }))
  const send = async (method: string, path: string, body?: Json): Promise<RestAnswer> =>
    call(method, path.startsWith('/services/') ? path : `${await baseOf()}${path}`, body)
  const rest = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await send(method, path, body)
    if (answer.status >= 400) throw orgRefused(`${method} ${path.split('?')[0] ?? ''}`, answer)
    return answer.body
  }
  const connect = async (): Promise<Connection> => {
    const [{ Connection: JsforceConnection }, { keyturnConnection }, found] = await Promise.all([
      import('@jsforce/jsforce-node'),
      import('@keyturn/tokens/jsforce'),
      baseOf(),
    ])
    const version = found.slice(found.lastIndexOf('v') + 1)
    return keyturnConnection(keyturn, grant, { Connection: JsforceConnection as never, version })
  }
  return {
    grant,
    base: baseOf,
    send,
    rest,
    async query(soql, { tooling = false } = {}) {
      const found: Row[] = []
      let path = `${tooling ? '/tooling' : ''}/query?q=${encodeURIComponent(soql)}`
      for (;;) {
        const page = row(await rest('GET', path))
        if (!Array.isArray(page['records']))
          throw new KeyturnError('ORG_UNAVAILABLE', 'A query’s answer has no records')
        found.push(...rows(page['records']))
        const next = page['nextRecordsUrl']
        if (typeof next !== 'string') return found
        path = next
      }
    },
    jsforce: () =>
      (connection ??= connect().catch((error: unknown) => {
        connection = undefined
        throw error
      })),
    async whoAmI() {
      const {
        organization_id: orgId,
        user_id: userId,
        preferred_username: username,
      } = row(await rest('GET', '/services/oauth2/userinfo'))
      if (typeof orgId !== 'string' || typeof userId !== 'string' || typeof username !== 'string')
        throw new KeyturnError('ORG_REFUSED', 'The org does not say who this grant is')
      return { orgId, userId, username }
    },
  }
}

/** `api-usage=18/5000`. */
const usageOf = (said: string | null): { readonly used: number; readonly limit: number } | null => {
  const [, used, limit] = /api-usage=(\d+)\/(\d+)/.exec(said ?? '') ?? []
  return used === undefined || limit === undefined ? null : { used: Number(used), limit: Number(limit) }
}

const jsonOf = (text: string): Json => {
  if (text === '') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}
