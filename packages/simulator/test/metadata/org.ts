/** An org and an unmodified jsforce that talks to its Metadata API as the administrator; certificates; JWT logins. */
import assert from 'node:assert/strict'
import { createSign } from 'node:crypto'
import { Connection } from '@jsforce/jsforce-node'
import { unzipSync, zipSync } from 'fflate'
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

type Record_ = Readonly<Record<string, unknown>>

/** The one record of a read; jsforce gives an object even where there is none. */
export async function read(conn: Connection, type: string, fullName: string): Promise<Record_> {
  const record: unknown = await conn.metadata.read(type as 'ConnectedApp', fullName)
  assert.ok(typeof record === 'object' && record !== null)
  return record as Record_
}

/** A value in a record, as text: jsforce makes booleans only of what its own list of types knows. */
export function at(record: Record_, ...path: readonly string[]): string | undefined {
  let value: unknown = record
  for (const name of path) value = (value as Record_ | undefined)?.[name]
  return value === undefined || value === null ? undefined : String(value)
}

export const connectedApp = (inner: string, oauth = '<scopes>Api</scopes>'): string =>
  file(
    'ConnectedApp',
    `<contactEmail>a@example.com</contactEmail><label>App</label><oauthConfig><callbackUrl>https://app.example.com/cb</callbackUrl>${oauth}</oauthConfig>${inner}`,
  )

/** Deploys one connected app. */
export const deployApp = (
  conn: Connection,
  name: string,
  text: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Deployed> =>
  deploy(
    conn,
    { 'package.xml': manifest({ ConnectedApp: [name] }), [`connectedApps/${name}.connectedApp`]: text },
    options,
  )

/** Files by path of a retrieve of these types. */
export async function retrieve(
  conn: Connection,
  types: Readonly<Record<string, readonly string[]>>,
): Promise<{ readonly files: ReadonlyMap<string, string>; readonly problems: readonly string[] }> {
  const request = {
    apiVersion: conn.version,
    singlePackage: true,
    unpackaged: {
      version: conn.version,
      types: Object.entries(types).map(([name, members]) => ({ name, members })),
    },
  }
  const result = await conn.metadata
    .retrieve(request as unknown as Parameters<typeof conn.metadata.retrieve>[0])
    .complete()
  const { zipFile, messages } = result as unknown as {
    readonly zipFile: string
    readonly messages: readonly { readonly problem: string }[]
  }
  const files = Object.entries(unzipSync(Buffer.from(zipFile, 'base64')))
  return {
    files: new Map(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
    problems: messages.map((message) => message.problem),
  }
}
