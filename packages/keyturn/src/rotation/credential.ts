/**
 * A credential as the store keeps it: a record of kind `credential`, by the name it has in keyturn.yaml. Its versions,
 * and the run that turns one into the next, are one document, so that compare-and-set on it is all it takes for a
 * credential never to have two runs. Secrets are sealed beside it, as `v3.clientSecret`.
 */
import * as z from 'zod'
import type { Json } from '@keyturn/tokens'

export const credentialKind = 'credential'
/** Runs that are over, by id. */
export const runKind = 'rotation-run'

const json: z.ZodType<Json> = z.json()
const facts = z.record(z.string(), json).readonly()

const versionStates = [
  'planned',
  'staged',
  'verified',
  'distributed',
  'active',
  'draining',
  'retired',
  'rolled-back',
] as const
export type VersionState = (typeof versionStates)[number]

const version = z
  .strictObject({
    n: z.int().positive(),
    state: z.enum(versionStates),
    /** Since when in that state. */
    at: z.number(),
    createdAt: z.number(),
    /** Since when the platform takes it, where that is known. */
    activeAt: z.number().nullable(),
    /** By a login with it. */
    verifiedAt: z.number().nullable(),
    /** Not secret: ids, fingerprints, expiry. */
    data: facts,
    /** Names of the secrets that are sealed for it. */
    fields: z.array(z.string()).readonly(),
  })
  .readonly()
export type Version = z.infer<typeof version>

const problem = z.strictObject({ code: z.string(), text: z.string(), next: z.string() }).readonly()
export type Problem = z.infer<typeof problem>

const personTask = z
  .strictObject({
    what: z.string(),
    /** The exact clicks. */
    clicks: z.array(z.string()).readonly(),
    /** What the person is asked to bring back. */
    asks: z.array(z.strictObject({ name: z.string(), label: z.string(), secret: z.boolean() }).readonly()).readonly(),
  })
  .readonly()
export type PersonTask = z.infer<typeof personTask>

const span = z.strictObject({ what: z.string(), from: z.number(), to: z.number().nullable() }).readonly()

const begun = z
  .strictObject({ step: z.string(), at: z.number(), tries: z.int().nonnegative(), lastTryAt: z.number().nullable() })
  .readonly()

const stepDone = z
  .strictObject({
    step: z.string(),
    back: z.boolean(),
    from: z.number(),
    to: z.number(),
    tries: z.int(),
    note: z.string(),
    facts,
  })
  .readonly()
export type StepDone = z.infer<typeof stepDone>

const orgSwitch = z.strictObject({ name: z.string(), openedAt: z.number(), closedAt: z.number().nullable() }).readonly()

const runStates = [
  'planned',
  'staged',
  'verified',
  'distributed',
  'active',
  'draining',
  'retired',
  'waiting-for-person',
  'halted',
  'rolling-back',
  'rolled-back',
  'abandoned',
] as const
export type RunState = (typeof runStates)[number]

const run = z
  .strictObject({
    id: z.string(),
    why: z.string(),
    who: z.string(),
    startedAt: z.number(),
    /** The ledger's head when it was planned: its entries are behind it. */
    ledgerFrom: z.int().nonnegative(),
    from: z.int().nullable(),
    to: z.int(),
    state: z.enum(runStates),
    /** What the new version is, whatever the run waits for. */
    reached: z.enum(versionStates),
    direction: z.enum(['forward', 'back']),
    /** Index of the step that is next (or begun). */
    step: z.int().nonnegative(),
    /** Journalled before the step has any effect: a run found so may have had it. */
    begun: begun.nullable(),
    /** Nothing to do before this moment. */
    waitUntil: z.number().nullable(),
    waitsFor: z.string().nullable(),
    person: personTask.nullable(),
    problem: problem.nullable(),
    /** `abandon`: ended as it is, where it can neither go on nor back. */
    cancel: z.strictObject({ who: z.string(), at: z.number(), abandon: z.literal(true).optional() }).nullable(),
    done: z.array(stepDone).readonly(),
    /** What the rotator wrote down for itself. */
    data: facts,
    /** Windows in which neither the old nor the new version was sure to work. */
    exposed: z.array(span).readonly(),
    switches: z.array(orgSwitch).readonly(),
    finishedAt: z.number().nullable(),
  })
  .readonly()
export type Run = z.infer<typeof run>

export const credentialDoc = z
  .strictObject({
    v: z.literal(1),
    name: z.string(),
    kind: z.string(),
    versions: z.array(version).readonly(),
    run: run.nullable(),
    /** The last runs, newest first, by id. */
    runs: z.array(z.string()).readonly(),
    lastTurnedAt: z.number().nullable(),
  })
  .readonly()
export type CredentialDoc = z.infer<typeof credentialDoc>

export const runDoc = z.strictObject({ v: z.literal(1), credential: z.string(), kind: z.string(), run }).readonly()

/** Where a version's secret is sealed. */
export const secretName = (n: number, field: string): string => `v${n}.${field}`

export const versionOf = (doc: CredentialDoc, n: number | null): Version | null =>
  doc.versions.find((one) => one.n === n) ?? null

/** The version that consumers are meant to use. */
export const currentVersion = (doc: CredentialDoc): Version | null =>
  doc.versions.findLast(({ state }) => state === 'active') ?? null

export const isOver = ({ state }: Run): boolean =>
  state === 'retired' || state === 'rolled-back' || state === 'abandoned'

/** Kept no more: its secrets are forgotten. */
export const isGone = ({ state }: Version): boolean => state === 'retired' || state === 'rolled-back'
