/**
 * A simulated org whose connected app is turned by hand: Generate makes a pair that does not count yet, Apply is an hour
 * later on the simulator's clock and ends every token of the app.
 */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AppSettings, OrgSettings } from '@keyturn/simulator'
import { Secret } from '@keyturn/tokens'
import { verifyEntries } from '@keyturn/tokens/ledger'
import type { Run } from '../../src/rotation/credential.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { shipped } from './shipped-permissions.ts'
import { scene } from './scene.ts'
import type { Death, Scene } from './scene.ts'

export const minute = 60_000
export const hour = 60 * minute
export const rotator = 'rotator@acme.example'
const person = 'person@acme.example'
const redirectUri = 'http://localhost:1717/OauthRedirect'

export interface Pair {
  readonly clientId: string
  readonly clientSecret: string
}

export interface World extends Scene {
  readonly envFile: string
  readonly old: Pair
  readonly sections: Readonly<Record<string, unknown>>
  open(die?: Death): Rotation
  start(): Promise<unknown>
  generate(): Pair
  apply(): void
  /** Signs in again in the browser. */
  signIn(): Promise<void>
  /** The pair at the token endpoint. */
  login(pair: Pair): Promise<number>
}

export const yes = new Secret('yes')

export const world = async (
  t: TestContext,
  wish: {
    readonly app?: Partial<AppSettings>
    readonly org?: Partial<OrgSettings>
    readonly permissions?: readonly string[]
  } = {},
): Promise<World> => {
  const place = await scene(t, {
    users: [
      { username: 'admin@acme.example', profile: 'System Administrator' },
      {
        username: rotator,
        permissions: (wish.permissions ?? shipped('Connected_Apps')) as never,
      },
      { username: person },
      { username: 'machine@acme.example', apiOnly: true },
    ],
    apps: [
      { name: 'Web' },
      {
        name: 'Erp',
        settings: { clientCredentials: true, clientCredentialsUser: 'machine@acme.example', ...wish.app },
      },
    ],
    settings: wish.org ?? {},
  })
  const { sim, keyturn } = place
  const web = sim.control.grant({ user: rotator, app: 'Web' })
  const erp = sim.control.grant({ user: person, app: 'Erp' })
  const loginUrl = sim.url
  for (const [name, { clientId, clientSecret, refreshToken }] of [
    ['rotator', web],
    ['person', erp],
  ] as const)
    await keyturn.grants.add({ name, loginUrl, clientId, clientSecret, refreshToken, flow: 'refresh_token' })
  const { clientId, clientSecret } = erp
  await keyturn.grants.add({ name: 'machine', loginUrl, clientId, clientSecret, flow: 'client_credentials' })
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-destination-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const envFile = join(folder, '.env')
  const sections = {
    destinations: { env: { kind: 'env-file', file: envFile, create: true } },
    credentials: {
      erp: { kind: 'connected-app', org: 'rotator', app: 'Erp', destinations: ['env'], drain: { quiet: '2h' } },
    },
  }
  const open = (die?: Death): Rotation => place.process(sections, die === undefined ? {} : { die })
  return {
    ...place,
    envFile,
    sections,
    old: { clientId, clientSecret },
    open,
    start: () => open().start('erp', { why: 'test', who: 'test', attended: false }),
    generate: () => sim.control.rotateConsumer({ app: 'Erp', overlapMs: hour, knownAfterMs: hour, revokes: false }),
    apply() {
      place.advance(hour + 1_000)
      const app = sim.orgs[0]?.apps.find(({ name }) => name === 'Erp')?.id
      for (const { grants } of sim.control.state())
        for (const grant of grants)
          if (grant.app === 'Erp' || grant.app === app) sim.control.revokeGrant({ grant: grant.id })
      sim.control.expireAccessTokens()
    },
    async signIn() {
      const codeVerifier = randomBytes(32).toString('base64url')
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: (await keyturn.grants.show('person')).clientId,
        redirect_uri: redirectUri,
        scope: 'api refresh_token',
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
        __auto: person,
      })
      const answer = await fetch(`${sim.url}/services/oauth2/authorize?${query}`, { redirect: 'manual' })
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
      const enrolment = await keyturn.grants.enrol('person')
      await enrolment.complete({ code, redirectUri, codeVerifier })
    },
    async login(pair) {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: pair.clientId,
        client_secret: pair.clientSecret,
      })
      return (await fetch(`${sim.url}/services/oauth2/token`, { method: 'POST', body })).status
    },
  }
}

/** Goes on until a person is asked, or it is over; a run that looks again by itself is not hurried. */
export const untilAsked = async (
  place: World,
  answers: Readonly<Record<string, Secret>> = {},
  open: () => Rotation = () => place.open(),
): Promise<Run> => {
  let given = answers
  for (let round = 0; ; round++) {
    const { run, over } = await open().advance('erp', { attended: false, answers: given })
    given = {}
    if (over || run.state === 'halted' || run.state === 'waiting-for-person') return run
    assert(round < 100, `the run goes on for ever: ${run.state}, ${run.waitsFor ?? ''}`)
    place.advance(Math.max(1_000, (run.waitUntil ?? 0) - place.clock.wall()))
  }
}

/** A person answers, and the run goes on. */
export const answered = async (place: World, answers: Readonly<Record<string, Secret>>): Promise<Run> => {
  await place.open().resume('erp')
  return untilAsked(place, answers)
}

export const brought = ({ clientId, clientSecret }: Pair): Readonly<Record<string, Secret>> => ({
  consumerKey: new Secret(clientId),
  consumerSecret: new Secret(clientSecret),
})

export const call = (place: World, grant: string): Promise<number | string> =>
  place.keyturn.fetch(grant, '/services/data/v66.0/').then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

export const judge = async (place: World, pair: Pair): Promise<void> => {
  const doc = await place.open().state('erp')
  const active = doc?.versions.findLast(({ state }) => state === 'active')
  const kept = await place.keyturn.store.records.secret('credential', 'erp', `v${active?.n ?? 0}.consumerSecret`)
  assert.equal(kept?.reveal(), pair.clientSecret, 'what is stored is what is in force')
  assert.equal(doc?.run ?? null, null)
  assert.equal(await place.login(pair), 200)
  for (const name of ['machine', 'person']) {
    place.sim.control.expireAccessTokens()
    assert.equal(await call(place, name), 200, name)
    const { clientId, former } = await place.keyturn.grants.show(name)
    assert.deepEqual([clientId, former], [pair.clientId, null])
  }
  assert.equal(verifyEntries(await place.keyturn.store.ledger(1, 5_000)).ok, true)
}
