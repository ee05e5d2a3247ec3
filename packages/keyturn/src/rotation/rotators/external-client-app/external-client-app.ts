/**
 * Consumer key and secret of an external client app: staged → stored → rotated in → proved → told → drained → removed.
 *
 * There is no way back behind the rotation, so everything that can be found out before it is: the pair is stored first,
 * and tried where the platform takes staged pairs. Grants of this store that sign in with the app (the rotator's own
 * one, too) keep both pairs from before the cut-over until the old one goes, so that none of their calls fails.
 */
import { defineRotator } from '../../rotator.ts'
import type { OldUse, StepOutcome } from '../../rotator.ts'
import { askAgain } from '../../steps/ask-again.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { letGo } from '../../steps/let-go.ts'
import { currentPair, deleteStaged, findPlace, stagedPair } from './consumers.ts'
import { rotate, verify } from './cut-over.ts'
import { newPair, orgOf, ownGrants, placeOf, switches, tried } from './pair.ts'
import type { Context, Step } from './pair.ts'
import { preflight } from './preflight.ts'
import { externalClientAppSettings } from './settings.ts'
import type { ExternalClientAppSettings } from './settings.ts'
import { stage } from './stage.ts'

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
  // A grant that was removed meanwhile has no token to lose.
  const grants = (await context.keyturn.grants.list()).filter(({ name }) => names.includes(name))
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

export const externalClientApp = defineRotator<ExternalClientAppSettings>({
  kind: 'external-client-app',
  title: 'Consumer key and secret of an external client app',
  settings: externalClientAppSettings,
  fields: ['consumerKey', 'consumerSecret'],
  steps: [stage, tryStaged, prepare, rotate, verify, distribute(), useNew, drain(oldUse), retire],
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
