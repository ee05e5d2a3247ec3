/**
 * The posture part of the demo, by the commands somebody would type: an audit, the plan for rotation, a fix that would cut
 * an integration off and is held back, one that is dry-run, applied and proved, all that cut nobody off, and an audit.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyturnSays } from '../keyturn-process.ts'
import { GRANT, openLegacyOrg } from './org.ts'
import type { LegacyOrg } from './org.ts'

export interface Score {
  readonly score: number
  readonly passed: number
  readonly failed: number
  readonly unknown: number
}

export interface Posture {
  readonly company: string
  /** Asked of it. */
  readonly controls: number
  readonly before: Score
  readonly after: Score
  /** Apps that hand out refresh tokens, and the clients behind them. */
  readonly rotation: {
    readonly apps: number
    readonly on: number
    readonly ready: number
    readonly waiting: number
    readonly foreign: number
    readonly clients: number
    readonly unknownClients: number
  }
  /** Shown, and refused as long as nobody answers for it. */
  readonly held: { readonly control: string; readonly cutOff: readonly string[]; readonly outcome: string }
  readonly applied: {
    readonly control: string
    /** The lines that differ. */
    readonly diff: readonly string[]
    readonly dryRun: string
    readonly outcome: string
    readonly proof: string
  }
  /** All at once: those that cut nobody off. */
  readonly safe: { readonly changes: number; readonly outcome: string }
  /** Pages for people that were written. */
  readonly pages: readonly string[]
  readonly problems: readonly string[]
}

interface Audit {
  readonly org: { readonly name: string }
  readonly score: { readonly value: number | null }
  readonly counts: { readonly pass: number; readonly fail: number; readonly unknown: number }
  readonly results: readonly { readonly control: string; readonly verdict: string }[]
}

interface Plan {
  readonly apps: readonly unknown[]
  readonly counts: Readonly<Record<'on' | 'ready' | 'waiting' | 'foreign' | 'clients' | 'unknownClients', number>>
}

interface Fixed {
  readonly outcome: string
  readonly files: readonly { readonly diff: string }[]
  readonly dryRun: { readonly is: string } | null
  readonly impact: { readonly cutOff: readonly { readonly user: string }[] } | null
  readonly verified: { readonly ok: boolean; readonly text: string } | null
}

const FIXED = 'csrf-get'
const HELD = 'oauth-password-flow-blocked'
const SNAPSHOT = 'before.json'
const REPORT = 'posture.html'

const scoreOf = ({ score, counts: { pass, fail, unknown } }: Audit): Score => ({
  score: score.value ?? 0,
  passed: pass,
  failed: fail,
  unknown,
})

export const posturePart = async (folder: string): Promise<Posture> => {
  const org = await openLegacyOrg(folder)
  try {
    return await show(org)
  } finally {
    await org.close()
  }
}

const show = async (org: LegacyOrg): Promise<Posture> => {
  const audit = (...more: readonly string[]): Promise<Audit> =>
    keyturnSays<Audit>(org, ['audit', GRANT, '--fail-on', 'never', ...more])
  const fix = (more: readonly string[], codes: readonly number[] = [0]): Promise<Fixed> =>
    keyturnSays<Fixed>(org, ['fix', GRANT, ...more], codes)

  const before = await audit('--save', SNAPSHOT)
  const plan = await keyturnSays<Plan>(org, ['rtr', GRANT])
  const held = await fix([HELD, '--yes'], [1])
  const dry = await fix([FIXED, '--dry-run'])
  const one = await fix([FIXED, '--yes'])
  const safe = await fix(['--all-safe', '--yes'])
  const after = await audit('--compare', SNAPSHOT, '--format', 'html', '--output', REPORT)
  const shown = {
    company: before.org.name,
    controls: before.results.length,
    before: scoreOf(before),
    after: scoreOf(after),
    rotation: rotationOf(plan),
    held: {
      control: HELD,
      cutOff: [...new Set((held.impact?.cutOff ?? []).map(({ user }) => user))],
      outcome: held.outcome,
    },
    applied: {
      control: FIXED,
      diff: one.files.flatMap(({ diff }) => diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line))),
      dryRun: dry.dryRun?.is ?? 'none',
      outcome: one.outcome,
      proof: one.verified?.text ?? '',
    },
    safe: { changes: safe.files.length, outcome: safe.outcome },
    pages: [REPORT],
  }
  const page = readFileSync(join(org.folder, REPORT), 'utf8')
  return { ...shown, problems: await problemsOf(org, shown, { before, after, dry, one, page }) }
}

const rotationOf = ({ apps, counts }: Plan): Posture['rotation'] => {
  const { on, ready, waiting, foreign, clients, unknownClients } = counts
  return { apps: apps.length, on, ready, waiting, foreign, clients, unknownClients }
}

interface Said {
  readonly before: Audit
  readonly after: Audit
  readonly dry: Fixed
  readonly one: Fixed
  readonly page: string
}

/** By what the org is and answers, where that can be asked. */
const problemsOf = async (
  org: LegacyOrg,
  shown: Omit<Posture, 'problems'>,
  { before, after, dry, one, page }: Said,
): Promise<readonly string[]> => {
  const verdict = (audit: Audit, control: string): string =>
    audit.results.find((result) => result.control === control)?.verdict ?? 'none'
  const settings = org.sim.control.components({ type: 'Settings' }).find(({ fullName }) => fullName === 'Security')
  const refused = await org.refusedIntegrations()
  const checks: readonly (readonly [boolean, string])[] = [
    [shown.after.score > shown.before.score, 'the score did not rise'],
    [shown.rotation.apps > 0, 'the plan for rotation has no app'],
    [shown.held.outcome === 'needs-override', 'a fix that cuts somebody off was not held back'],
    [shown.held.cutOff.length > 0, 'nobody was named as cut off'],
    [dry.outcome === 'dry-run' && dry.verified === null, 'the dry run was none'],
    [one.outcome === 'applied' && one.verified?.ok === true, `the fix of ${FIXED} was not applied and verified`],
    [verdict(before, FIXED) === 'fail' && verdict(after, FIXED) === 'pass', `${FIXED} is not mended`],
    [/"enableCSRFOnGet":"?true/.test(JSON.stringify(settings?.body)), 'the org does not have what was deployed'],
    [shown.safe.outcome === 'applied', 'the safe changes were not applied'],
    [verdict(after, HELD) === 'fail', `${HELD} was changed all the same`],
    [refused.length === 0, `the org refuses ${refused.join(', ')} now`],
    [page.includes(shown.company), 'the page does not name the company'],
  ]
  return checks.flatMap(([holds, text]) => (holds ? [] : [text]))
}
