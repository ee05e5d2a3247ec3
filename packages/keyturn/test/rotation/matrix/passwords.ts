/** Passwords in the matrix: with a security token that comes by mail, without one, and a person's own. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@keyturn/tokens'
import type { OrgSettings } from '@keyturn/simulator'
import { outside, passwordScene, robot } from '../password-scene.ts'
import type { PasswordScene, Place } from '../password-scene.ts'
import { Killed } from '../scene.ts'
import { signsIn } from '../security-token-run.ts'
import type { MatrixKind, MatrixWorld } from './matrix.ts'
import { told } from './told.ts'

const former = 'former-Password-1'
const admin = { admin: 'admin@acme.example', robot }

const scenes = new WeakMap<MatrixWorld, PasswordScene>()

/** How often the org wrote such an entry. */
const audited = async (place: PasswordScene, action: string): Promise<number> =>
  (await place.org('admin').query(`SELECT Display FROM SetupAuditTrail WHERE Action = '${action}'`)).length

const judged = (place: PasswordScene, withToken: boolean): MatrixWorld['judge'] => {
  return async (run, what) => {
    const { password, securityToken } = place.sim.control.userSecrets({ user: robot })
    assert((await audited(place, 'changedpassword')) <= 1, `${what}: the password was changed once at most`)
    if (run.state === 'rolled-back') {
      assert.equal(password, former, `${what}: nothing was changed`)
      return 'old works'
    }
    const doc = await place.open().state('robot')
    const version = doc?.versions.at(-1)
    const stored = await place.keyturn.store.records.secret('credential', 'robot', `v${version?.n ?? 0}.password`)
    const known = [former, stored?.reveal()]
    assert(known.includes(password), `${what}: the password in force is the former one or the stored one`)
    if (run.state !== 'retired') return 'a person is needed'
    const { SF_PASSWORD: read = '', SF_SECURITY_TOKEN: token } = place.told()
    assert.deepEqual([read, token], [password, withToken ? securityToken : undefined], `${what}: what consumers have`)
    assert.equal(await signsIn(place, withToken ? read + (token ?? '') : read), true, `${what}: it signs in`)
    for (const { n, kind } of place.sim.control.mails({ user: robot }))
      if (kind === 'security-token' && withToken && n > 0)
        assert(place.settled.has(String(n)) || mailOf(place, n) !== 'unsent', `${what}: mail ${n} was filed`)
    return 'new works'
  }
}

const mailOf = (place: PasswordScene, n: number): string =>
  place.sim.control.mails({ user: robot }).find((one) => one.n === n)?.state ?? ''

interface Switches {
  readonly org?: Partial<OrgSettings>
  readonly credential?: Readonly<Record<string, unknown>>
}

/** By the user itself there has to be its grant, and the password in use. */
const own = { how: 'own', org: 'robot' }

const orders: Readonly<Record<string, Switches>> = {
  'sessions end with the password, refusals are 500': {
    org: { passwordChangeEndsSessions: 'all', passwordRefusalStatus: 500 },
  },
  'changed by the user itself': { credential: own },
  'a day between two changes': { org: { passwordMinimumLifetime: true } },
}

const build = async (t: Parameters<MatrixKind['build']>[0], place: Place): Promise<[PasswordScene, MatrixWorld]> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-vault-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const envFile = join(folder, '.env')
  const consumers = await told(t, folder, envFile)
  const of = await passwordScene(t, { ...place, envFile, destinations: consumers.destinations })
  await of.adopt()
  const world: MatrixWorld = {
    place: of,
    name: 'robot',
    told: consumers,
    users: admin,
    open: (options) => of.open({}, options),
    judge: judged(of, place.kind !== 'password'),
  }
  scenes.set(world, of)
  return [of, world]
}

type Made = (place: PasswordScene) => void
const made = (what: Made) => (world: MatrixWorld) => {
  const place = scenes.get(world)
  if (place !== undefined) what(place)
}

export const securityTokenMatrix: MatrixKind = {
  name: 'security-token',
  kind: 'security-token',
  switches: {
    'as documented': {},
    'from a trusted address': { org: { trustedAddresses: [outside] } },
    'nothing is mailed for passwords set over the API': { org: { apiPasswordMailsToken: false } },
    'the token outlives the password': { org: { apiPasswordResetsToken: false } },
    ...orders,
  },
  async build(t, settings) {
    const { org = {}, credential = {} } = settings as Switches
    const [place, world] = await build(t, { settings: org, credential })
    let waits = 0
    return Object.assign(world, {
      /** Mails that were held go after a while. */
      meanwhile() {
        if ((waits += 1) === 8) place.sim.control.releaseMails()
      },
      async mend() {
        place.mailboxAway.looks = 0
      },
      /** Resets the token where one is asked for, and brings it. */
      async person(open, run) {
        await open().resume('robot')
        if (run.person?.asks.some(({ name }) => name === 'securityToken') !== true) return true
        place.sim.control.removeMailFaults()
        place.sim.control.resetSecurityToken({ user: robot })
        const brought = new Secret(place.sim.control.userSecrets({ user: robot }).securityToken)
        await open()
          .advance('robot', { attended: true, answers: { securityToken: brought } })
          .catch((error: unknown) => {
            assert(error instanceof Killed, String(error))
            place.advance(31_000)
          })
        return true
      },
    } satisfies Partial<MatrixWorld>)
  },
  more: {
    'soap answer lost': { match: { endpoint: 'soap' }, action: { drop: 'after' } },
    'mail late': made(({ sim }) => void sim.control.addMailFault({ fault: 'held' })),
    'mail lost': made(({ sim }) => void sim.control.addMailFault({ fault: 'lost' })),
    'mail twice': made(({ sim }) => void sim.control.addMailFault({ fault: 'twice' })),
    'mail with the former token': made(({ sim }) => void sim.control.addMailFault({ fault: 'old-token' })),
    'mail forged': made(({ sim }) => void sim.control.forgeMail({ user: robot })),
    'mailbox away': made(({ mailboxAway }) => void (mailboxAway.looks = 3)),
    'mailbox away for long': made(({ mailboxAway }) => void (mailboxAway.looks = 40)),
  },
  crossed: ['soap answer lost', 'mail late', 'mail lost'],
  empty(trouble, step) {
    const at = ['stage', 'listen', 'set', 'receive', 'verify', 'distribute', 'activate', 'drain', 'retire'].indexOf(
      step,
    )
    if (/^mail (late|lost|twice|with)/.test(trouble) && at > 2) return 'the mail was written in step set'
    if (trouble.startsWith('mailbox') && ['stage', 'distribute', 'drain'].includes(step))
      return 'nobody looks into the mailbox in this step'
    return null
  },
}

export const passwordMatrix: MatrixKind = {
  name: 'password of a machine',
  kind: 'password',
  switches: { 'as documented': {}, ...orders },
  async build(t, settings) {
    const { org = {}, credential = {} } = settings as Switches
    // From where no token is wanted: that is what this kind is for.
    const [, world] = await build(t, {
      kind: 'password',
      settings: { trustedAddresses: [outside], ...org },
      credential,
    })
    return world
  },
  more: { 'soap answer lost': { match: { endpoint: 'soap' }, action: { drop: 'after' } } },
  crossed: ['soap answer lost'],
  empty: () => null,
}

const ada = 'ada@acme.example'

export const personalPasswordMatrix: MatrixKind = {
  name: 'password of a person',
  kind: 'password',
  switches: {
    'as documented': {},
    'sessions end with the reset': { endSessionsOnPasswordReset: true, passwordResetEnds: 'all' },
  },
  async build(t, settings) {
    const place = await passwordScene(t, {
      kind: 'password',
      users: [{ username: ada, firstName: 'Ada' }],
      settings,
      credential: { user: ada, of: 'person', destinations: undefined },
    })
    const old = place.sim.control.userSecrets({ user: ada }).password
    const links = (): number => place.sim.control.mails({ user: ada, kind: 'password-reset' }).length
    let chosen = false
    return {
      place,
      name: 'robot',
      told: null,
      users: admin,
      open: (options) => place.open({}, options),
      /** Opens the link and chooses. */
      meanwhile() {
        if (links() === 0 || chosen) return
        chosen = true
        place.advance(60_000)
        place.sim.control.changeUser({ user: ada, change: { password: 'her-own-Choice-7', passwordExpired: false } })
      },
      async person(open) {
        await open().resume('robot')
        await open()
          .advance('robot', { attended: true, answers: { reset: new Secret('yes') } })
          .catch((error: unknown) => {
            if (!(error instanceof Killed) && (error as { code?: string }).code !== 'ROTATION_NOT_FOUND') throw error
            place.advance(31_000)
          })
        return true
      },
      async judge(run, what) {
        assert(links() <= 1, `${what}: one link at most`)
        assert((await audited(place, 'resetpassword')) <= 1, `${what}: reset once at most`)
        const { password } = place.sim.control.userSecrets({ user: ada })
        if (run.state === 'retired') {
          assert.equal(password, 'her-own-Choice-7', `${what}: she has chosen`)
          return 'new works'
        }
        if (run.state !== 'rolled-back') return 'a person is needed'
        assert.deepEqual([password, links()], [old, 0], `${what}: nothing was changed`)
        return 'old works'
      },
    }
  },
  empty: () => null,
}
