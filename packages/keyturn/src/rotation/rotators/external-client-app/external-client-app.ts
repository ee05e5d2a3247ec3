/**
 * Consumer key and secret of an external client app: staged → stored → rotated in → proved → told → drained → removed.
 *
 * There is no way back behind the rotation, so everything that can be found out before it is: the pair is stored first,
 * and tried where the platform takes staged pairs. Grants of this store that sign in with the app (the rotator's own
 * one, too) keep both pairs from before the cut-over until the old one goes, so that none of their calls fails.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { OrgConnection } from '../../../org/connection.ts'
import { tryPair } from '../../../org/try-pair.ts'
import type { Pair, Tried } from '../../../org/try-pair.ts'
import type { Problem } from '../../credential.ts'
import { defineRotator } from '../../rotator.ts'
import type { OldUse, RotationStep, StepContext, StepOutcome } from '../../rotator.ts'
import { askAgain } from '../../steps/ask-again.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { letGo } from '../../steps/let-go.ts'
import { currentPair, deleteStaged, findPlace, rotateIn, stagedPair, stagedPairs, stagePair } from './consumers.ts'
import type { Place, StagedPair } from './consumers.ts'
import { preflight } from './preflight.ts'
import { externalClientAppSettings } from './settings.ts'
import type { ExternalClientAppSettings } from './settings.ts'

type Settings = ExternalClientAppSettings
type Step = RotationStep<Settings>
type Context = StepContext<Settings>

const defaultPropagation = 600_000
const switches = ['consumer-secrets-by-rest'] as const

const orgOf = ({ ports, settings }: Pick<Context, 'ports' | 'settings'>): OrgConnection => ports.org(settings.org)

/** As it was when the run began: the key changes under way. */
const placeOf = async (context: Context): Promise<Place> => {
  const { app, consumer, key } = context.data
  if (typeof app === 'string' && typeof consumer === 'string' && typeof key === 'string') return { app, consumer, key }
  const place = await findPlace(orgOf(context), context.settings.app, context.settings.consumer)
  await context.keep({ data: { ...place } })
  return place
}

const newPair = async (context: Context): Promise<Pair> => {
  const { key } = context.to.data
  const secret = await context.secret(context.to, 'consumerSecret')
  if (typeof key !== 'string' || secret === null) throw new KeyturnError('DEFECT', 'the new pair is not in the store')
  return { key, secret }
}

const loginUrlOf = async (context: Context): Promise<string> =>
  context.settings.loginUrl ?? (await context.keyturn.token(context.settings.org)).instanceUrl

const tried = async (context: Context): Promise<Tried> =>
  tryPair(context.ports.network, await loginUrlOf(context), await newPair(context))

const problem = (code: string, text: string, next: string): Problem => ({ code, text, next })

/** Grants of this store that sign in with the pair that goes. */
const ownGrants = async (context: Context, key: string): Promise<readonly GrantView[]> => {
  const { grants } = context.settings
  const all = await context.keyturn.grants.list()
  return all.filter((grant) =>
    grants === undefined ? grant.clientId === key || grant.former?.clientId === key : grants.includes(grant.name),
  )
}

const keepPair = async (context: Context, pair: StagedPair): Promise<void> => {
  if (pair.secret === null) throw new KeyturnError('ORG_REFUSED', 'The org shows no secret of the staged pair')
  await context.keep({
    data: { staged: pair.id },
    version: { staged: pair.id, key: pair.key },
    secrets: { consumerKey: new Secret(pair.key), consumerSecret: pair.secret },
  })
}

const stage: Step = {
  name: 'stage',
  does: 'Stages a new pair in the org and stores it',
  reaches: 'staged',
  needs: switches,
  async run(context): Promise<StepOutcome> {
    const org = orgOf(context)
    const place = await placeOf(context)
    if (typeof context.data['staged'] === 'string') return { is: 'done', note: `staged as ${context.data['staged']}` }
    const there = await stagedPairs(org, place)
    const { before } = context.data
    const known = Array.isArray(before) ? before.map(String) : null
    // Ours, of a try whose answer was lost: what wasn't there before that try.
    const ours = known === null ? undefined : there.find(({ id, state }) => state === 'Active' && !known.includes(id))
    if (ours !== undefined) {
      await keepPair(context, ours)
      return { is: 'done', note: `staged as ${ours.id}, found again after a lost answer` }
    }
    const waiting = there.find(({ state }) => state === 'Active')
    if (waiting !== undefined) {
      return {
        is: 'failed',
        problem: problem(
          'STAGED_BY_OTHERS',
          `A pair that Keyturn did not stage waits in this consumer (${waiting.id})`,
          'Find out who is rotating it; delete that staged pair in Setup, or rotate it in, and start again.',
        ),
      }
    }
    await context.keep({ data: { before: there.map(({ id }) => id) } })
    const pair = await stagePair(org, place)
    await keepPair(context, pair)
    return { is: 'done', note: `staged as ${pair.id}` }
  },
  async undo(context) {
    // It never came so far as to know where.
    if (context.data['app'] === undefined) return { is: 'done', note: 'nothing was staged' }
    const org = orgOf(context)
    const place = await placeOf(context)
    const { staged, before } = context.data
    const known = Array.isArray(before) ? before.map(String) : null
    const ours =
      typeof staged === 'string'
        ? [staged]
        : known === null
          ? []
          : (await stagedPairs(org, place)).filter(({ id }) => !known.includes(id)).map(({ id }) => id)
    for (const id of ours) await deleteStaged(org, place, id)
    return { is: 'done', note: ours.length === 0 ? 'nothing was staged' : 'the staged pair was deleted' }
  },
}

const tryStaged: Step = {
  name: 'try-staged',
  does: 'Tries the staged pair: some orgs take it before it is rotated in',
  reaches: null,
  undo: 'nothing',
  async run(context) {
    const seen = await tried(context)
    if (seen.is === 'works') await context.keep({ verified: true })
    const note =
      seen.is === 'works' ? `works before the cut-over (${seen.by})` : 'not taken before the cut-over, as documented'
    return { is: 'done', note, facts: { staged: seen.is } }
  },
}

const prepare: Step = {
  name: 'prepare-grants',
  does: 'Gives Keyturn’s own grants of this app both pairs',
  reaches: null,
  async run(context) {
    const place = await placeOf(context)
    const { key, secret } = await newPair(context)
    const grants = await ownGrants(context, place.key)
    for (const { name } of grants)
      await context.keyturn.grants.changeClient(name, { clientId: key, clientSecret: secret })
    const names = grants.map(({ name }) => name)
    const alive = grants.filter(({ status }) => status === 'live' || status === 'in-doubt').map(({ name }) => name)
    // A process that was killed here asks of what the first one found.
    if (context.data['alive'] === undefined) await context.keep({ data: { alive } })
    return { is: 'done', note: names.length === 0 ? 'no grant of this store uses it' : names.join(', ') }
  },
  async undo(context) {
    const grants = await ownGrants(context, (await placeOf(context)).key)
    for (const { name } of grants) await context.keyturn.grants.settleClient(name, 'old')
    return { is: 'done', note: `${grants.length} grants sign in with the old pair only` }
  },
}

const activate: Step = {
  name: 'rotate',
  does: 'Rotates the staged pair in; the old one goes on for as long as the platform lets it',
  reaches: null,
  needs: switches,
  // No command takes a rotated pair out again.
  undo: 'impossible',
  async run(context) {
    const org = orgOf(context)
    const place = await placeOf(context)
    const id = String(context.data['staged'])
    const { key } = await newPair(context)
    if ((await findPlace(org, place.app, place.consumer)).key !== key) {
      const staged = await stagedPair(org, place, id)
      // Behind a lost answer, before every server shows the new key.
      const rotated = staged?.state === 'Rotated'
      if (staged === null || staged.state === 'Expired') {
        return {
          is: 'halt',
          unchanged: true,
          problem: problem(
            'STAGED_PAIR_GONE',
            'The staged pair was deleted or expired before it was rotated in',
            'Cancel this run and start a new one; the pair in use was not touched.',
          ),
        }
      }
      await context.keep({ exposed: 'from the rotation until the new pair was proved' })
      if (!rotated) await rotateIn(org, place, id)
    }
    await context.keep({ active: true, data: { rotatedAt: context.clock.wall() } })
    return { is: 'done', note: 'the new pair is the primary one' }
  },
}

const propagationOf = ({ settings }: Context): number => settings.propagation ?? defaultPropagation

const verify: Step = {
  name: 'verify',
  does: 'Signs in with the new pair, until every server must know it',
  reaches: 'verified',
  undo: 'nothing',
  async run(context): Promise<StepOutcome> {
    const propagation = propagationOf(context)
    const age = context.clock.wall() - Number(context.data['rotatedAt'] ?? context.since)
    const seen = await tried(context)
    if (seen.is === 'works') {
      if (context.to.verifiedAt === null || age >= propagation) await context.keep({ verified: true })
      if (age >= propagation) {
        await context.keep({ exposed: null })
        return { is: 'done', note: `works (${seen.by})`, facts: { by: seen.by } }
      }
      const why = 'it works; the platform may need ten minutes until every server knows it'
      return { is: 'later', after: Math.min(60_000, propagation - age), why }
    }
    if (age < propagation * 1.5) return { is: 'later', after: 15_000, why: `not known yet (${seen.why})` }
    const text = `The new pair is refused ${Math.round(age / 60_000)} minutes after the rotation: ${seen.why}`
    const next =
      'Consumers still have the old pair, which the platform lets live for a while. See in Setup which pair is in force; then resume, or abandon this run and start another.'
    return { is: 'halt', problem: problem('NEW_PAIR_REFUSED', text, next) }
  },
}

const useNew: Step = {
  name: 'activate',
  does: 'Makes the new pair the one that counts',
  reaches: 'active',
  undo: 'nothing',
  run: async (context) => (await lostTokens(context)) ?? { is: 'done', note: 'consumers have it' },
}

/** Whether refresh tokens and approvals outlive the pair they were given to is not documented: looked at, and told. */
const lostTokens = async (context: Context): Promise<StepOutcome | null> => {
  const { alive } = context.data
  const names = Array.isArray(alive) ? alive.map(String) : []
  const grants = await Promise.all(names.map((name) => context.keyturn.grants.show(name)))
  return askAgain(context, grants)
}

const oldUse = async (context: Context): Promise<OldUse> => {
  const place = await placeOf(context)
  const grants = await ownGrants(context, place.key)
  const behind = grants.filter((grant) => grant.clientId === place.key)
  const blind = 'Salesforce shows no login by the pair it used'
  if (behind.length === 0) return { observable: false, why: blind }
  const users = behind.map(({ name }) => ({ name, how: 'grant of this store', lastAt: null }))
  return { observable: true, users, blindTo: blind }
}

const retire: Step = {
  name: 'retire',
  does: 'Removes the old pair from the org and from Keyturn’s grants, and calls with these',
  reaches: 'retired',
  needs: async ({ data }) => (typeof data['removed'] === 'string' ? [] : switches),
  undo: 'impossible',
  async run(context) {
    const { removed = await remove(context) } = context.data
    await context.keep({ data: { removed } })
    return (await lostTokens(context)) ?? { is: 'done', note: String(removed) }
  },
}

/** What became of the old pair. */
const remove = async (context: Context): Promise<string> => {
  const org = orgOf(context)
  const place = await placeOf(context)
  for (const { name } of await ownGrants(context, place.key)) await context.keyturn.grants.settleClient(name, 'new')
  const id = String(context.data['staged'])
  const record = await stagedPair(org, place, id)
  if (record === null) return 'the old pair was gone already'
  const { key } = await newPair(context)
  // What the record holds after a rotation is not documented: the pair in use is never deleted on a guess.
  if (record.key === key)
    return 'the org keeps the old pair until it expires by itself: its record shows the new one, which is left alone'
  await deleteStaged(org, place, id)
  return 'the old pair was deleted'
}

export const externalClientApp = defineRotator<Settings>({
  kind: 'external-client-app',
  title: 'Consumer key and secret of an external client app',
  settings: externalClientAppSettings,
  fields: ['consumerKey', 'consumerSecret'],
  steps: [stage, tryStaged, prepare, activate, verify, distribute(), useNew, drain(oldUse), retire],
  exposure:
    'From the rotation until the new pair is known everywhere (up to ten minutes) a client with one pair may fail.',
  person: null,
  orgOf: ({ org }) => org,
  async letGo(context) {
    await letGo(context, await ownGrants(context, String(context.data['key'])), () => tried(context))
  },
  preflight,
  async adopt({ ports, settings }) {
    const org = ports.org(settings.org)
    const place = await findPlace(org, settings.app, settings.consumer)
    const { key, secret } = await currentPair(org, place)
    return { version: { consumer: place.consumer }, secrets: { consumerKey: key, consumerSecret: secret } }
  },
})
