/** An org and an unmodified jsforce that talks to its Metadata API as the administrator; certificates; JWT logins. */
import assert from 'node:assert/strict'
import { createSign } from 'node:crypto'
import { Connection } from '@jsforce/jsforce-node'
import { zipSync } from 'fflate'
import type { OrgSettings, Simulator, SimulatorOptions } from '../../src/index.ts'
import { simulator, token, userOf } from '../identity/wire.ts'
import type { Answer } from '../identity/wire.ts'

export interface World {
  readonly sim: Simulator
  readonly conn: Connection
  readonly admin: string
}

export function connect(sim: Simulator, username: string, version = '66.0'): Connection {
  const grant = sim.control.grant({ user: username, app: 'Web' })
  const conn = new Connection({ instanceUrl: grant.instanceUrl, accessToken: grant.accessToken, version })
  conn.metadata.pollInterval = 5
  conn.metadata.pollTimeout = 5000
  return conn
}

export async function world(settings: Partial<OrgSettings> = {}, options: SimulatorOptions = {}): Promise<World> {
  const sim = await simulator(options)
  sim.control.changeOrg({ settings })
  const admin = userOf(sim, 'admin').username
  return { sim, conn: connect(sim, admin), admin }
}

export const manifest = (types: Readonly<Record<string, readonly string[]>>, version = '66.0'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Package xmlns="http://soap.sforce.com/2006/04/metadata">${Object.entries(
    types,
  )
    .map(
      ([name, members]) =>
        `<types>${members.map((member) => `<members>${member}</members>`).join('')}<name>${name}</name></types>`,
    )
    .join('')}<version>${version}</version></Package>`

export const file = (root: string, inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://soap.sforce.com/2006/04/metadata">${inner}</${root}>`

export const zipOf = (files: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))))

interface Detail {
  readonly fullName: string
  readonly fileName: string
  readonly componentType: string
  readonly problem?: string
  readonly problemType?: string
  readonly success: boolean
  readonly created: boolean
  readonly changed: boolean
  readonly deleted: boolean
}

export interface Deployed {
  readonly id: string
  readonly status: string
  readonly success: boolean
  readonly done: boolean
  readonly checkOnly: boolean
  readonly numberComponentErrors: number
  readonly numberComponentsDeployed: number
  readonly numberComponentsTotal: number
  readonly errorStatusCode?: string
  readonly errorMessage?: string
  readonly details: { readonly componentFailures: readonly Detail[]; readonly componentSuccesses: readonly Detail[] }
}

export async function deploy(
  conn: Connection,
  files: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Deployed> {
  const zip = zipOf(files)
  const all = { singlePackage: true, rollbackOnError: true, ...options }
  return (await conn.metadata.deploy(zip, all).complete(true)) as unknown as Deployed
}

export const problems = (result: Deployed): readonly string[] =>
  result.details.componentFailures.map((one) => one.problem ?? '')

/** A login by an assertion that is signed with this key. */
export function jwtLogin(
  sim: Simulator,
  of: { readonly clientId: string; readonly privateKey: string; readonly username: string },
): Promise<Answer> {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(sim.clock.now() / 1000) + 120
  const claims = { iss: of.clientId, sub: of.username, aud: 'https://login.salesforce.com', exp }
  const signed = `${part({ alg: 'RS256' })}.${part(claims)}`
  const signature = createSign('RSA-SHA256').update(signed).sign(of.privateKey, 'base64url')
  return token(sim, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${signed}.${signature}`,
  })
}

/** The one record of a read; jsforce gives an object even where there is none. */
export async function read(conn: Connection, type: string, fullName: string): Promise<Record<string, any>> {
  const record = (await conn.metadata.read(type as 'ConnectedApp', fullName)) as unknown as Record<string, any>
  assert.equal(typeof record, 'object')
  return record
}
