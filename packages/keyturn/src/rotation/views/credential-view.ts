/** A credential as people and programs see it: what it is, how old, what runs. No secret in it. */
import { KeyturnError } from '@keyturn/tokens'
import { expiryWarning } from '../../org/certificate-expiry.ts'
import { currentVersion } from '../credential.ts'
import type { CredentialDoc, Run } from '../credential.ts'
import type { Age } from '../rotator.ts'
import type { CredentialSettings, Rotation } from '../rotation.ts'

export interface CredentialView {
  readonly name: string
  readonly kind: string
  readonly owner: string | null
  readonly destinations: readonly string[]
  /** The number of the version in use; null: Keyturn made or adopted none yet. */
  readonly version: number | null
  /** ISO 8601; null: unknown. */
  readonly since: string | null
  readonly age: { readonly basis: Age['basis']; readonly days: number | null; readonly why: string }
  /** Of what ends by itself (a certificate); null: nothing is known of an end. `warning`: days, the last mark passed. */
  readonly expires: { readonly at: string; readonly days: number; readonly warning: number | null } | null
  readonly run: RunView | null
}

interface RunView {
  readonly id: string
  readonly state: Run['state']
  readonly startedAt: string
  readonly why: string
  readonly who: string
  readonly step: string | null
  readonly waitsUntil: string | null
  readonly waitsFor: string | null
  readonly person: Run['person']
  readonly problem: Run['problem']
  /** Org switches that the run opened and did not close yet. */
  readonly switchedOn: readonly string[]
}

/** For a list: one age that can't be asked for now holds up no other. Throws what the store throws. */
export const shownAge = async (rotation: Pick<Rotation, 'age'>, name: string): Promise<Age> => {
  try {
    return await rotation.age(name)
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.kind === 'integrity' || error.code === 'STORE_UNAVAILABLE')
      throw error
    return { basis: 'unknown', why: `it could not be asked for: ${error.message}` }
  }
}

export const iso = (at: number): string => new Date(at).toISOString()

export const runView = (run: Run): RunView => ({
  id: run.id,
  state: run.state,
  startedAt: iso(run.startedAt),
  why: run.why,
  who: run.who,
  step: run.begun?.step ?? run.done.at(-1)?.step ?? null,
  waitsUntil: run.waitUntil === null ? null : iso(run.waitUntil),
  waitsFor: run.waitsFor,
  person: run.person,
  problem: run.problem,
  switchedOn: run.switches.filter(({ closedAt }) => closedAt === null).map(({ name }) => name),
})

const day = 86_400_000

const expiryOf = (doc: CredentialDoc | null, now: number): CredentialView['expires'] => {
  const at = Date.parse(String((doc === null ? null : currentVersion(doc))?.data['notAfter'] ?? ''))
  if (Number.isNaN(at)) return null
  return { at: iso(at), days: Math.floor((at - now) / day), warning: expiryWarning(at, now) }
}

/** One phrase where it is time to think of it. */
export const expiryText = ({ expires }: CredentialView): string =>
  expires === null || expires.warning === null
    ? ''
    : expires.days < 0
      ? `ran out on ${expires.at.slice(0, 10)}`
      : `runs out in ${expires.days} d`

export const credentialView = (
  { name, kind, common }: CredentialSettings,
  doc: CredentialDoc | null,
  age: Age,
  now: number,
): CredentialView => ({
  name,
  kind,
  owner: common.owner ?? null,
  destinations: common.destinations ?? [],
  version: doc === null ? null : (currentVersion(doc)?.n ?? null),
  since: age.basis === 'unknown' ? null : iso(age.since),
  age: {
    basis: age.basis,
    days: age.basis === 'unknown' ? null : Math.max(0, Math.floor((now - age.since) / day)),
    why: age.why,
  },
  expires: expiryOf(doc, now),
  run: doc?.run == null ? null : runView(doc.run),
})
