/**
 * The evidence of one run: who, why, what, when, proved how, by which entries of the ledger. Facts only, no secret: what
 * is not known says so. `markdown.ts` and `html.ts` show it; JSON is this very document.
 */
import type { Json, Store } from '@keyturn/tokens'
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import { commitmentsOf } from '../../ledger-commitment.ts'
import type { Problem, Run } from '../credential.ts'
import { stamp as iso } from '../../output/moment.ts'
import { isOver } from '../credential.ts'

export interface RunReport {
  readonly format: 'keyturn-rotation-report/1'
  readonly credential: string
  readonly kind: string
  readonly title: string
  readonly run: string
  readonly state: Run['state']
  readonly who: string
  readonly why: string
  /** Whether the ledger's entry confirms these very words. */
  readonly confirmed: { readonly who: boolean; readonly why: boolean }
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly tookMs: number | null
  readonly versions: { readonly from: number | null; readonly to: number }
  readonly steps: readonly {
    readonly step: string
    readonly does: string
    readonly back: boolean
    readonly from: string
    readonly to: string
    readonly tookMs: number
    readonly tries: number
    readonly note: string
    /** The entry that confirms this very note; null: none does. */
    readonly entry: number | null
    readonly facts: Readonly<Record<string, Json>>
  }[]
  /** Windows in which neither version was sure to work, measured. */
  readonly exposed: readonly { readonly what: string; readonly from: string; readonly ms: number | null }[]
  readonly switches: readonly { readonly name: string; readonly openedAt: string; readonly closedAt: string | null }[]
  readonly destinations: Readonly<Record<string, Json>>
  /** How it was found out that nobody uses the old version, or that this can't be seen. */
  readonly drain: string | null
  readonly problem: Problem | null
  readonly ledger: {
    readonly store: string
    readonly entries: readonly {
      readonly seq: number
      readonly at: string
      readonly kind: string
      readonly hash: string
    }[]
  }
}

export interface ReportParts {
  readonly credential: string
  readonly kind: string
  readonly title: string
  /** What a step does, by its name. */
  readonly does: (step: string) => string
  readonly run: Run
}

const page = 1_000

/** Entries that name the run, from where it was planned. */
const entriesOf = async (store: Store, run: Run): Promise<readonly LedgerEntry[]> => {
  const found: LedgerEntry[] = []
  for (let from = run.ledgerFrom + 1; ;) {
    const entries = await store.ledger(from, page)
    found.push(...entries.filter(({ data }) => data['run'] === run.id))
    const last = entries.at(-1)
    // A run that is over wrote nothing after its last entry; that one carries its end.
    const ended = isOver(run) && found.some(({ kind }) => kind === `rotation-${run.state}`)
    if (last === undefined || entries.length < page || ended) return found
    from = last.seq + 1
  }
}

export const runReport = async (
  store: Store,
  { credential, kind, title, does, run }: ReportParts,
): Promise<RunReport> => {
  const entries = await entriesOf(store, run)
  const commit = commitmentsOf(store)
  const planned = entries.find(({ kind: what }) => what === 'rotation-planned')
  const confirms = (name: 'who' | 'why', text: string): boolean => planned?.data[name] === commit(text)
  const told = run.done.findLast(({ step, back }) => step === 'distribute' && !back)
  return {
    format: 'keyturn-rotation-report/1',
    credential,
    kind,
    title,
    run: run.id,
    state: run.state,
    who: run.who,
    why: run.why,
    confirmed: { who: confirms('who', run.who), why: confirms('why', run.why) },
    startedAt: iso(run.startedAt),
    finishedAt: run.finishedAt === null ? null : iso(run.finishedAt),
    tookMs: run.finishedAt === null ? null : run.finishedAt - run.startedAt,
    versions: { from: run.from, to: run.to },
    steps: run.done.map(({ step, back, from, to, tries, note, facts }) => ({
      step,
      does: does(step),
      back,
      from: iso(from),
      to: iso(to),
      tookMs: to - from,
      tries,
      note,
      entry: entries.find(({ data }) => data['step'] === step && data['did'] === commit(note))?.seq ?? null,
      facts,
    })),
    exposed: run.exposed.map(({ what, from, to }) => ({ what, from: iso(from), ms: to === null ? null : to - from })),
    switches: run.switches.map(({ name, openedAt, closedAt }) => ({
      name,
      openedAt: iso(openedAt),
      closedAt: closedAt === null ? null : iso(closedAt),
    })),
    destinations: told?.facts ?? {},
    drain: run.done.findLast(({ step }) => step === 'drain')?.note ?? null,
    problem: run.problem,
    ledger: {
      store: store.id,
      entries: entries.map(({ seq, at, kind: what, hash }) => ({ seq, at: iso(at), kind: what, hash })),
    },
  }
}
