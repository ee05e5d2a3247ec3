/**
 * A change of an org as a command makes it, the same for every command: shown with its dry run and with who would be cut
 * off, agreed to by a person or by --yes, carried out, and kept in the ledger. Where nobody is there to agree, it ends
 * with the dry run and says so.
 */
import { randomUUID } from 'node:crypto'
import { boolean, string } from '@oclif/core/flags'
import { exitCodes, KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn, RecordEntry } from '@keyturn/tokens'
import { endLines, shownLines } from './change-screen.ts'
import type { Screen } from './change-screen.ts'
import { changeRecordKind } from './kept-change.ts'
import type { Json } from '../keyturn-command.ts'
import { commitmentsOf } from '../ledger-commitment.ts'
import type { OrgConnection } from '../org/connection.ts'
import { operatorName } from '../operator-name.ts'
import { askYes } from '../output/confirm.ts'
import { terminalText } from '../output/terminal-text.ts'
import { carryOut } from '../posture/change/carry-out.ts'
import type { CarriedOut, Carrying, Outcome } from '../posture/change/carry-out.ts'
import type { OrgChange } from '../posture/change/org-change.ts'
import { recordText } from '../posture/change/write-records.ts'
import type { Impact } from '../posture/impact/impact.ts'

/** Of every command that changes an org. */
export const changeFlags = {
  yes: boolean({ char: 'y', description: 'Do not ask; without a terminal nothing is changed unless this is given' }),
  'dry-run': boolean({ exclusive: ['yes'], description: 'Show it, let the org check it, and change nothing' }),
}

/** Of those that may take something from somebody. */
export const restrictingFlags = {
  ...changeFlags,
  'cut-off-anyway': string({
    helpValue: 'REASON',
    description: 'Go on although somebody is cut off, or nobody can tell; the reason goes into the ledger',
  }),
}

export interface ChangeFlags {
  readonly yes: boolean
  readonly 'dry-run': boolean
  readonly 'cut-off-anyway'?: string | undefined
}

export interface ChangeFlow {
  readonly keyturn: Keyturn
  readonly org: OrgConnection
  readonly change: OrgChange
  /** Null: there is nobody it could concern (something new). */
  readonly impact: Impact | null
  /** `fix`: the ledger has `fix-began` and `fix-ended`. */
  readonly verb: string
  /** Into both entries: org, control. No name of a person. */
  readonly data: RecordEntry['data']
  readonly flags: ChangeFlags
  readonly clock: Clock
  /** Once it was agreed to, before anything is written: what a killed process would leave gets its name. */
  readonly begin?: () => Promise<void>
  readonly verify?: Carrying['verify']
  readonly rollBackUnverified?: boolean
  /** A person sits here, who can be asked. */
  readonly attended: boolean
  readonly screen: Screen
  /** A line for people; silent with --json. */
  readonly log: (text: string) => void
  /** What is being done, on stderr. */
  readonly tell: (text: string) => void
}

const requireReason = (flags: ChangeFlags): string | null => {
  const reason = flags['cut-off-anyway']
  if (reason === undefined) return null
  if (reason.trim() === '')
    throw new KeyturnError('BAD_ARGUMENT', '--cut-off-anyway has no reason', {
      fix: 'Say why: --cut-off-anyway "the vendor has moved".',
    })
  return reason.trim()
}

export const changeFlow = async (flow: ChangeFlow): Promise<CarriedOut> => {
  const { keyturn, org, change, impact, verb, data, flags, clock, attended, screen, log, tell } = flow
  const override = requireReason(flags)
  const unattended = !attended && !flags.yes
  const out = await carryOut({
    ...{ org, change, impact, override, clock, tell },
    mode: flags['dry-run'] || unattended ? 'dry-run' : 'apply',
    show: (shown) => {
      for (const line of shownLines(shown, screen)) log(line)
    },
    confirm: async ({ prepared }) => {
      const agreed = flags.yes || (await askYes(`${prepared.title}?`))
      if (agreed) await flow.begin?.()
      return agreed
    },
    ledger: {
      ...{ verb, data: { grantName: org.grant, ...data }, id: randomUUID() },
      commit: commitmentsOf(keyturn.store),
    },
    enter: async (entry, { id, doc }) => {
      await keyturn.store.records.putAll([{ kind: changeRecordKind, id, doc }], entry)
    },
    ...(flow.verify === undefined ? {} : { verify: flow.verify }),
    ...(flow.rollBackUnverified === undefined ? {} : { rollBackUnverified: flow.rollBackUnverified }),
  })
  log('')
  for (const line of endLines(out, screen)) log(line)
  if (out.entered !== null)
    log(`  In the ledger: change ${out.entered.slice(0, 8)}, by ${terminalText(operatorName())}`)
  for (const line of nextLines(out, { unattended, dryRun: flags['dry-run'], bin: screen.bin })) log(line)
  return out
}

const nextLines = (
  out: CarriedOut,
  { unattended, dryRun, bin }: { readonly unattended: boolean; readonly dryRun: boolean; readonly bin: string },
): readonly string[] => {
  const anyway = '--cut-off-anyway REASON'
  if (out.is === 'dry-run') {
    const why = unattended && !dryRun ? 'Nobody is there to agree, so this was a dry run. ' : ''
    const need = out.impact?.locksOutSelf === true ? null : out.needsOverride ? `${anyway} and --yes` : '--yes'
    const how =
      need === null
        ? 'It will be refused as long as this account would be cut off.'
        : `Repeat with ${need} to apply it.`
    return [`→ ${why}${how}`]
  }
  if (out.is === 'needs-override')
    return [`→ Move them first, or repeat with ${anyway} if they shall be cut off: the reason is kept in the ledger.`]
  if (out.is === 'locks-out-self') return [`→ Let another account make this change, or keep a way in for this one.`]
  if (out.is === 'unclear' || out.is === 'partial')
    return [`→ Look at the org, then run the same command again; \`${bin} ledger show\` has what was begun.`]
  return []
}

const exits: Readonly<Record<Outcome, number>> = {
  'nothing-to-do': 0,
  shown: 0,
  'dry-run': 0,
  applied: 0,
  refused: exitCodes.remote,
  reverted: exitCodes.remote,
  partial: exitCodes.remote,
  unclear: exitCodes.unavailable,
  'locks-out-self': exitCodes.denied,
  'by-hand': 1,
  'needs-override': 1,
  declined: 1,
  unverified: 1,
  'rolled-back': 1,
}

/** A dry run whose change would not go through as it stands answers no. */
export const changeExit = (out: CarriedOut): number =>
  out.is === 'dry-run' && out.texts.length > 0 ? 1 : exits[out.is]

/** All of it, for programs. */
export const changeJson = (out: CarriedOut): Json => {
  const { prepared, applied } = out
  return {
    outcome: out.is,
    texts: out.texts,
    title: prepared.title,
    files: out.diff,
    records: prepared.records.map(recordText),
    clicks: prepared.clicks,
    dryRun: out.dryRun,
    impact: out.impact,
    needsOverride: out.needsOverride,
    created: applied?.created ?? [],
    verified: out.verified,
    ledger: out.entered === null ? null : { change: out.entered, who: operatorName() },
  }
}
