/**
 * A control: what should be so, and a pure judgement over facts. One folder each in `controls/`, with cases for pass,
 * fail, unknown and not-applicable; the registry and the catalogue's page are generated from the folders.
 */
import type { Facts, Family } from './facts.ts'
import type { Snapshot } from './snapshot.ts'

export type Verdict = 'pass' | 'fail' | 'unknown' | 'not-applicable'
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info'
export const profileNames = ['baseline', 'strict', 'sbs', 'health-check', 'partner-2026', 'integration'] as const
export type ProfileName = (typeof profileNames)[number]

export interface Evidence {
  /** What it is about: `app:Erp`, `user:a@b`, `setting:Security.…`, `org`. Stable: waivers name it. */
  readonly subject: string
  readonly text: string
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

export interface Judgement {
  readonly verdict: Verdict
  /** One sentence: why this verdict. */
  readonly why: string
  /** Of a fail: each subject that is wrong. Of unknown: what could not be read. */
  readonly evidence: readonly Evidence[]
  /** Of a fail: what could not be read besides. Without it a waiver over all that fails would make the rest pass. */
  readonly undecided?: readonly Evidence[]
}

export interface Control {
  /** Ours, stable: `app-pkce-required`. */
  readonly id: string
  readonly title: string
  readonly severity: Severity
  /** Why it matters, in our own words. */
  readonly why: string
  /** How it is put right, for a person. */
  readonly remedy: string
  /** minutes · hours · days. */
  readonly effort: 'minutes' | 'hours' | 'days'
  readonly families: readonly Family[]
  /** Paths of `facts.settings` it reads: what the collector of settings has to bring. */
  readonly settings?: readonly string[]
  /** Ids in catalogues: `SBS-ACS-003`, `shr_…`, Health Check names, the checklist's line. */
  readonly catalogues: Readonly<
    Partial<Record<'sbs' | 'shr' | 'healthCheck' | 'partner2026' | 'checklist' | 'tenable', readonly string[]>>
  >
  /** In which profiles it is asked, and with which parameters where they differ, in writing. */
  readonly profiles: Readonly<Partial<Record<ProfileName, Parameters>>>
  /** Pure. `snapshot` for times and the org's kind. */
  judge(facts: Facts, parameters: Parameters, snapshot: Pick<Snapshot, 'takenAt' | 'org'>): Judgement
}

/** What a profile asks of a control, such as `{ minimumLength: 12 }`; `because` says why profiles differ. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** A case of a control: facts by hand, and what must come of them. */
export interface ControlCase {
  readonly name: string
  readonly facts: Partial<Facts>
  readonly parameters?: Parameters
  readonly org?: Partial<Snapshot['org']>
  readonly verdict: Verdict
  /** Subjects that must be named, for fail and unknown. */
  readonly subjects?: readonly string[]
}
