/**
 * What every change of an org goes through, in this order: what differs → a check-only deployment → who would be cut off
 * → the refusals → a person's yes → written down → applied → verified → written down. What is shown, asked and kept is
 * behind ports; the order is here, and the same for `fix`, `rtr enable`, `provision` and `migrate`.
 */
import type { Clock, Json, RecordEntry } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import type { Impact } from '../impact/impact.ts'
import { applyChange } from './apply-change.ts'
import type { Applied } from './apply-change.ts'
import { changeDiff } from './change-diff.ts'
import type { FileDiff } from './change-diff.ts'
import { dryRun } from './dry-run.ts'
import type { DryRun } from './dry-run.ts'
import type { OrgChange } from './org-change.ts'
import { componentTitle, isEmpty, prepareChange } from './prepare-change.ts'
import type { PreparedChange } from './prepare-change.ts'
import { rollBack } from './roll-back.ts'
import { recordText } from './write-records.ts'

/** What there is to decide about, before anything was written. */
export interface ShownChange {
  readonly prepared: PreparedChange
  readonly diff: readonly FileDiff[]
  /** Null: not asked for (`show`). */
  readonly dryRun: DryRun | null
  readonly impact: Impact | null
  /** Somebody is cut off, may be, or nobody can tell: `--cut-off-anyway` with a reason. */
  readonly needsOverride: boolean
}

interface ChangeLedger {
  /** `fix`: its entries are `fix-began` and `fix-ended`. */
  readonly verb: string
  /** Of this change, in both entries; a random UUID. */
  readonly id: string
  /** Of both entries: the org, the grant, the control. No name of a person. */
  readonly data: RecordEntry['data']
  /** Keyed commitments (`commitmentsOf`) stand for titles, names and reasons; the texts are kept beside the ledger. */
  readonly commit: (text: string) => string
}

export interface Carrying {
  readonly org: OrgConnection
  readonly change: OrgChange
  readonly impact: Impact | null
  readonly mode: 'show' | 'dry-run' | 'apply'
  /** Reason to go on although somebody is cut off. */
  readonly override: string | null
  /** Once, before anything is decided. */
  readonly show?: (shown: ShownChange) => void
  readonly confirm: (shown: ShownChange) => Promise<boolean>
  readonly tell: (text: string) => void
  readonly clock: Clock
  readonly ledger: ChangeLedger
  /** `kept`: what the entry's commitments stand for, to be kept where it can be erased. */
  readonly enter: (entry: RecordEntry, kept: { readonly id: string; readonly doc: Json }) => Promise<void>
  /** By reading again. */
  readonly verify?: (applied: Applied) => Promise<{ readonly ok: boolean; readonly text: string }>
  /** Take the components back when it did not verify. */
  readonly rollBackUnverified?: boolean
}

export type Outcome =
  | 'nothing-to-do'
  /** There are clicks for a person, and nothing that an API can do. */
  | 'by-hand'
  | 'shown'
  | 'dry-run'
  /** Refused before anything was written. */
  | 'refused'
  | 'locks-out-self'
  | 'needs-override'
  | 'declined'
  | 'applied'
  /** Applied, and what it was for does not read so. */
  | 'unverified'
  | 'rolled-back'
  | 'reverted'
  | 'partial'
  | 'unclear'

export interface CarriedOut extends ShownChange {
  readonly is: Outcome
  /** What was done, or why it was not. */
  readonly texts: readonly string[]
  /** The id of its ledger entries; null: nothing was begun, and nothing is entered. */
  readonly entered: string | null
  readonly applied: Applied | null
  readonly verified: { readonly ok: boolean; readonly text: string } | null
}

const needsOverride = (impact: Impact | null): boolean =>
  impact !== null && (impact.cutOff.length > 0 || impact.possible.length > 0 || impact.blind.length > 0)

/** Null: nothing stands against applying it. */
const obstacle = (
  { impact, override }: Carrying,
  shown: ShownChange,
): { readonly is: Outcome; readonly texts: readonly string[] } | null => {
  if (shown.dryRun?.is === 'refused') return { is: 'refused', texts: shown.dryRun.problems }
  if (impact?.locksOutSelf === true)
    return { is: 'locks-out-self', texts: ['The account that makes this change would be cut off by it'] }
  if (shown.dryRun?.is === 'unclear')
    return { is: 'refused', texts: [`The dry run did not end (${shown.dryRun.why}), so nothing was applied`] }
  if (shown.needsOverride && override === null)
    return { is: 'needs-override', texts: ['Somebody would be cut off, or nobody can tell who'] }
  return null
}

export const carryOut = async (carrying: Carrying): Promise<CarriedOut> => {
  const { org, change, impact, mode, clock, tell, confirm, verify } = carrying
  const prepared = await prepareChange(org, change)
  const diff = changeDiff(prepared)
  const about: ShownChange = { prepared, diff, impact, dryRun: null, needsOverride: needsOverride(impact) }
  const ended = (shown: ShownChange, is: Outcome, texts: readonly string[] = []): CarriedOut => ({
    ...shown,
    is,
    texts,
    entered: null,
    applied: null,
    verified: null,
  })
  if (isEmpty(prepared)) {
    const byHand = change.components.length === 0 && prepared.clicks.length > 0
    if (!byHand) return ended(about, 'nothing-to-do', ['The org is so already'])
    carrying.show?.(about)
    return ended(about, 'by-hand', prepared.clicks)
  }
  const shown = mode === 'show' ? about : { ...about, dryRun: await dryRun(org, prepared, { clock, tell }) }
  carrying.show?.(shown)
  if (mode === 'show') return ended(shown, 'shown')
  const stop = obstacle(carrying, shown)
  if (shown.dryRun?.is === 'refused') return ended(shown, 'refused', shown.dryRun.problems)
  if (mode === 'dry-run') return ended(shown, 'dry-run', stop?.texts ?? [])
  if (stop !== null) return ended(shown, stop.is, stop.texts)
  if (!(await confirm(shown))) return ended(shown, 'declined', ['Not confirmed; nothing was changed'])

  await enter(carrying, { what: 'began', shown, is: null, texts: [] })
  let applied: Applied
  try {
    applied = await applyChange(org, prepared, { clock, tell })
  } catch (error) {
    // Whoever finds only the beginning knows that a process was killed; this one was not.
    const why = error instanceof Error ? error.message : String(error)
    await enter(carrying, { what: 'ended', shown, is: 'unclear', texts: [why] })
    throw error
  }
  let [is, texts]: readonly [Outcome, readonly string[]] = [applied.is, applied.texts]
  let verified: CarriedOut['verified'] = null
  if (applied.is === 'applied' && verify !== undefined) {
    verified = await verify(applied).catch((error: unknown) => ({
      ok: false,
      text: `It could not be verified: ${error instanceof Error ? error.message : String(error)}`,
    }))
    if (!verified.ok) {
      is = 'unverified'
      if (carrying.rollBackUnverified === true) {
        const back = await rollBack(org, prepared, { clock, tell })
        if (back.is === 'applied') is = 'rolled-back'
        texts = [...texts, ...back.texts]
      }
    }
  }
  await enter(carrying, {
    what: 'ended',
    shown,
    is,
    texts: [...texts, ...(verified === null ? [] : [verified.text])],
  })
  return { ...shown, is, texts, entered: carrying.ledger.id, applied, verified }
}

interface Entering {
  readonly what: 'began' | 'ended'
  readonly shown: ShownChange
  readonly is: Outcome | null
  readonly texts: readonly string[]
}

const enter = async (
  { ledger: { verb, id, data, commit }, override, enter: write }: Carrying,
  { what, shown: { prepared, impact, diff }, is, texts }: Entering,
): Promise<void> => {
  const components = prepared.components.map(({ edit }) => componentTitle(edit))
  const records = prepared.records.map(recordText)
  const entry: RecordEntry = {
    kind: `${verb}-${what}`,
    data: {
      ...data,
      change: id,
      title: commit(prepared.title),
      components: components.length,
      records: records.length,
      ...(what === 'began'
        ? {
            changes: commit(JSON.stringify({ diff, records })),
            cutOff: impact?.cutOff.length ?? 0,
            maybeCutOff: impact?.possible.length ?? 0,
            blind: impact?.blind.length ?? 0,
            override: override === null ? null : commit(override),
          }
        : { outcome: is, said: commit(JSON.stringify(texts)) }),
    },
  }
  const doc = {
    v: 1,
    title: prepared.title,
    diff: diff.map(({ path, diff: text }) => ({ path, diff: text })),
    records,
    override,
    outcome: is,
    texts: [...texts],
  }
  await write(entry, { id, doc })
}
