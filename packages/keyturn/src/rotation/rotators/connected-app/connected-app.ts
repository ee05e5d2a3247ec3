/**
 * Consumer key and secret of a connected app. Salesforce has no API for it, and applying a new pair revokes every token
 * of the app, so this is a guided run: what will die is counted and decided on; the pair is stored between Generate and
 * Apply, so that it is never only on a screen; then it is proved, told to consumers, and what died is authorised again.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Tried } from '../../../org/try-pair.ts'
import { defineRotator } from '../../rotator.ts'
import type { RotationStep, StepContext, StepOutcome } from '../../rotator.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { letGo } from '../../steps/let-go.ts'
import { apply, decide, generate, keepBrought, newPair, oldPair, pairAsks, problem, tried } from './by-hand.ts'
import { giveGrants, grantsOf, reauthorise } from './own-grants.ts'
import { refusedSince } from './refused-since.ts'
import { connectedAppSettings } from './settings.ts'
import type { ConnectedAppSettings } from './settings.ts'
import { keyInUse, labelOf } from './what-dies.ts'

type Step = RotationStep<ConnectedAppSettings>
type Context = StepContext<ConnectedAppSettings>

const defaultPropagation = 600_000
const pace = 15_000
/** Servers disagree for a while: only what several answers in a row say is steady. */
const inARow = 3
/** … and in as many looks in a row: in ten minutes of looks a chance of one in 64 comes about half of the time. */
const looksInARow = 4

const prepare: Step = {
  name: 'prepare-grants',
  does: 'Gives Keyturn’s own grants of this app both pairs',
  reaches: null,
  async run(context) {
    const names = await giveGrants(context, false)
    return { is: 'done', note: names.length === 0 ? 'no grant of this store uses it' : names.join(', ') }
  },
  async undo(context) {
    const grants = await grantsOf(context)
    for (const { name } of grants) await context.keyturn.grants.settleClient(name, 'old')
    return { is: 'done', note: `${grants.length} grants sign in with the old pair only` }
  },
}

const verify: Step = {
  name: 'verify',
  does: 'Signs in with the new pair, until every server must know it',
  reaches: 'verified',
  undo: 'impossible',
  async run(context): Promise<StepOutcome> {
    const { settings, clock, keep, data } = context
    const propagation = settings.propagation ?? defaultPropagation
    const corrected = await keepBrought(context)
    if (corrected === null) {
      await giveGrants(context, true)
      await keep({ data: { correctedAt: clock.wall() } })
    }
    const pair = await newPair(context)
    let seen: Tried = { is: 'works', by: 'introspection' }
    for (let n = 0; n < inARow && seen.is === 'works'; n++) seen = await tried(context, pair)
    const age = clock.wall() - Number(data['correctedAt'] ?? data['appliedAt'] ?? context.since)
    if (seen.is === 'works') {
      const over = await isOver(context)
      const agreed = over === true ? Number(data['agreed'] ?? 0) + 1 : 0
      await keep({ exposed: null, verified: true, data: { agreed } })
      if (age >= propagation || agreed >= looksInARow)
        return { is: 'done', note: `works (${seen.by})`, facts: { by: seen.by } }
      const after = Math.min(propagation - age, over === null ? 60_000 : pace)
      return { is: 'later', after, why: 'it works; some servers may not know it yet' }
    }
    if (age < propagation * 1.5) return { is: 'later', after: pace, why: `not known yet (${seen.why})` }
    const minutes = Math.round(age / 60_000)
    return {
      is: 'person',
      task: {
        what: `${corrected === null || corrected === '' ? '' : `${corrected}. `}The stored pair is refused ${minutes} minutes after it was applied: ${seen.why}`,
        clicks: [
          'Manage Consumer Details shows the pair in force: copy it to here, or press Apply if that was forgotten',
        ],
        asks: pairAsks,
      },
    }
  },
}

/** Whether the old pair is refused, again and again. Null: it is not known here, so nobody can tell. */
const isOver = async (context: Context): Promise<boolean | null> => {
  const old = await oldPair(context)
  if (old === null) return null
  for (let n = 0; n < inARow; n++) if ((await tried(context, old)).is !== 'refused') return false
  return true
}

const useNew: Step = {
  name: 'activate',
  does: 'Makes the new pair the one that counts',
  reaches: 'active',
  undo: 'impossible',
  async run({ clock, data }) {
    const atMost = Math.round((clock.wall() - Number(data['appliedAfter'] ?? clock.wall())) / 1000)
    const note = `consumers have it; they were without a pair that works for at most ${atMost} s`
    return { is: 'done', note, facts: { withoutSecondsAtMost: atMost } }
  },
}

const retire: Step = {
  name: 'retire',
  does: 'Forgets the old pair; in the org it ended with Apply',
  reaches: 'retired',
  undo: 'impossible',
  async run(context) {
    for (const { name } of await grantsOf(context)) await context.keyturn.grants.settleClient(name, 'new')
    return { is: 'done', note: 'the old pair is forgotten' }
  },
}

export const connectedApp = defineRotator<ConnectedAppSettings>({
  kind: 'connected-app',
  title: 'Consumer key and secret of a connected app',
  settings: connectedAppSettings,
  fields: ['consumerKey', 'consumerSecret'],
  steps: [decide, generate, prepare, apply, verify, distribute(), useNew, reauthorise, drain(refusedSince), retire],
  exposure:
    'From Apply on all tokens of the app are over; until its destination has the new pair (and for up to ten minutes while servers disagree) nobody gets new ones.',
  person: 'Decide, generate and apply the pair in Setup, and have grants with refresh tokens authorised again.',
  orgOf: ({ org }) => org,
  async letGo(context) {
    await letGo(context, await grantsOf(context), async () => tried(context, await newPair(context)))
  },
  async preflight(context) {
    const { settings, ports } = context
    try {
      await ports.org(settings.org).whoAmI()
      if ((await keyInUse(context)) !== null || settings.grants !== undefined) return []
      const text = `Nobody says which consumer key ${labelOf(settings)} has, so the grants of this store that use it are not known`
      return [problem('CONFIG_INVALID', text, 'Name it as `consumerKey`, or the grants as `grants` (may be empty).')]
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error
      return [problem(error.code, `The grant ${settings.org} can’t reach its org: ${error.message}`, error.fix)]
    }
  },
})
