/**
 * The three things of this rotation that only a person can do: decide, generate, apply. Source: Salesforce Help, "Rotate
 * the Consumer Key and Consumer Secret of a Connected App": the new pair is staged by Generate and shown, and counts from
 * Apply on; the page asks for an identity verification that is good for five minutes.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import { tryPair } from '../../../org/try-pair.ts'
import type { Pair, Tried } from '../../../org/try-pair.ts'
import type { PersonTask, Problem } from '../../credential.ts'
import type { RotationStep, StepContext, StepOutcome } from '../../rotator.ts'
import { saidYes } from '../../steps/said-yes.ts'
import { faultIn, openKey } from './brought.ts'
import type { ConnectedAppSettings } from './settings.ts'
import { keyInUse, labelOf, ownGrants, tokensThatDie } from './what-dies.ts'

type Step = RotationStep<ConnectedAppSettings>
type Context = StepContext<ConnectedAppSettings>

const lookAgain = 60_000

export const problem = (code: string, text: string, next: string): Problem => ({ code, text, next })

const toThePage = (app: string): readonly string[] => [
  `Setup → App Manager → ${app} → ▾ → View → Manage Consumer Details`,
  'Verify your identity with the code that Salesforce mails you (good for five minutes)',
]

export const pairAsks: PersonTask['asks'] = [
  { name: 'consumerKey', label: 'New consumer key', secret: true },
  { name: 'consumerSecret', label: 'New consumer secret', secret: true },
]

/** What was brought, checked for slips of the hand, and kept; a sentence: why not. */
export const keepBrought = async ({ answers, keep }: Context): Promise<string | null> => {
  const { consumerKey, consumerSecret } = answers
  if (consumerKey === undefined || consumerSecret === undefined) return ''
  const fault = faultIn(consumerKey, consumerSecret)
  const key = openKey(consumerKey)
  if (fault !== null || key === null) return fault ?? 'that is no consumer key'
  await keep({ version: { key }, secrets: { consumerKey: new Secret(key), consumerSecret } })
  return null
}

export const newPair = async (context: Context): Promise<Pair> => {
  const { key } = context.to.data
  const secret = await context.secret(context.to, 'consumerSecret')
  if (typeof key !== 'string' || secret === null) throw new KeyturnError('DEFECT', 'the new pair is not in the store')
  return { key, secret }
}

/** Null: the old secret was never given to Keyturn. */
export const oldPair = async ({ from, secret, data }: Context): Promise<Pair | null> => {
  const kept = from === null ? null : await secret(from, 'consumerSecret')
  return kept === null || typeof data['oldKey'] !== 'string' ? null : { key: data['oldKey'], secret: kept }
}

export const tried = async (context: Context, pair: Pair): Promise<Tried> => {
  const { settings, keyturn, ports } = context
  const loginUrl = settings.loginUrl ?? (await keyturn.token(settings.org)).instanceUrl
  return tryPair(ports.network, loginUrl, pair)
}

export const decide: Step = {
  name: 'decide',
  does: 'Counts what the new pair will end, and asks whether that is wanted now',
  reaches: null,
  undo: 'nothing',
  async run(context) {
    const { settings, data, keep } = context
    const known = typeof data['dies'] === 'string' ? data['dies'] : null
    let dies = known
    if (dies === null) {
      const oldKey = await keyInUse(context)
      const grants = await ownGrants(context, [oldKey])
      const own =
        grants.length === 0 ? 'no grant of this store' : `of this store: ${grants.map(({ name }) => name).join(', ')}`
      dies = `${await tokensThatDie(context)}; ${own}`
      await keep({ data: { dies, oldKey } })
    }
    if (saidYes(context, 'go-on')) return { is: 'done', note: `decided; ends ${dies}` }
    const what = `A new pair for ${labelOf(settings)} ends all its tokens at once and cannot be taken back: ${dies}`
    return {
      is: 'person',
      task: {
        what,
        clicks: [
          'Choose an hour in which that is bearable, and have the users at hand who sign in again',
          'Who does it needs “Customize Application”, and “Modify All Data” or “Manage Connected Apps”; where the page has no Generate, allow “consumer key and secret rotation” for the app first',
          'Then say yes (--decide go-on)',
        ],
        asks: [{ name: 'go-on', label: 'Go on now? yes or no', secret: false }],
      },
    }
  },
}

export const generate: Step = {
  name: 'generate',
  does: 'Has a person generate the new pair, and stores it before it counts',
  reaches: 'staged',
  undo: async () => ({ is: 'done', note: 'what was generated and not applied is overwritten by the next Generate' }),
  async run(context): Promise<StepOutcome> {
    if (context.to.fields.includes('consumerSecret')) return { is: 'done', note: 'stored' }
    const fault = await keepBrought(context)
    if (fault === null) return { is: 'done', note: 'generated and stored; not applied yet' }
    return {
      is: 'person',
      task: {
        what: `${fault === '' ? '' : `${fault[0]?.toUpperCase() ?? ''}${fault.slice(1)}. `}Generate a new pair for ${labelOf(context.settings)}`,
        clicks: [
          ...toThePage(labelOf(context.settings)),
          'Generate (do not press Apply yet)',
          'Copy the staged consumer key and consumer secret to here; Keyturn stores them before they count',
        ],
        asks: pairAsks,
      },
    }
  },
}

const iso = (at: number): string => new Date(at).toISOString()

export const apply: Step = {
  name: 'apply',
  does: 'Has a person apply the stored pair: from then on the old one and all tokens of the app are over',
  reaches: null,
  async run(context): Promise<StepOutcome> {
    const { clock, data, keep, since } = context
    const now = clock.wall()
    const seen = await tried(context, await newPair(context))
    if (seen.is === 'works' || saidYes(context, 'applied')) {
      const earliest = typeof data['notYet'] === 'number' ? data['notYet'] : since
      await keep({
        active: true,
        exposed: `from Apply, which was pressed between ${iso(earliest)} and ${iso(now)}, until the new pair was proved`,
        data: { appliedAt: now, appliedAfter: earliest },
      })
      const note = seen.is === 'works' ? 'the platform takes it' : 'a person says so'
      return { is: 'done', note: `applied between ${iso(earliest)} and ${iso(now)}: ${note}` }
    }
    await keep({ data: { notYet: now } })
    return {
      is: 'person',
      task: {
        what: `Apply the pair that is stored now: ${String(data['dies'] ?? '')} end`,
        clicks: [
          ...toThePage(labelOf(context.settings)),
          'Apply, and Apply once more in the question that follows',
          'Keyturn sees it by itself within a minute; or say so (--decide applied)',
        ],
        asks: [{ name: 'applied', label: 'Applied? yes when it is done', secret: false }],
      },
      recheck: lookAgain,
    }
  },
  /** To forget the new pair when it was applied after all would leave consumers with nothing. */
  async undo(context): Promise<StepOutcome> {
    if (saidYes(context, 'leave')) return { is: 'done', note: 'a person decided to leave it as it is' }
    const seen = await tried(context, await newPair(context))
    if (seen.is === 'unclear')
      return { is: 'later', after: lookAgain, why: `whether it was applied can’t be seen: ${seen.why}` }
    const old = await oldPair(context)
    if (seen.is === 'refused') {
      const proof = old === null ? null : await tried(context, old)
      const note = proof?.is === 'works' ? 'the old pair works' : 'the new pair is not in force'
      return { is: 'done', note: `nothing was applied: ${note}` }
    }
    return {
      is: 'person',
      task: {
        what: 'The new pair was applied: the old one is over, and there is no way back',
        clicks: [
          'Manage Consumer Details shows the pair in force: note it down',
          'Resume with --decide leave, then adopt it: keyturn credentials adopt NAME --field consumerKey=… --field consumerSecret=…',
        ],
        asks: [{ name: 'leave', label: 'Leave it as it is? yes or no', secret: false }],
      },
    }
  },
}
