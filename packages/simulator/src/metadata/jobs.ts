/**
 * Deployments and retrieves as jobs on the simulator's clock: a while in the queue, a while at work, one after the other.
 * Nothing runs in the background: what is due is carried out before the next request is looked at, also if nobody polls.
 */
import type { Org } from '../state/org.ts'
import { deploy, unexpected } from './deploy.ts'
import type { DeployOptions, DeployOutcome } from './deploy.ts'
import { deployOptionsOf } from './deploy-options.ts'
import { retrieve } from './retrieve.ts'
import type { RetrieveOutcome, RetrieveRequest } from './retrieve.ts'

interface JobRow {
  readonly id: string
  readonly userId: string
  readonly version: number
  readonly createdAt: number
  readonly startAt: number
  readonly endAt: number
  readonly state: 'open' | 'canceling' | 'canceled' | 'done'
  readonly canceledById: string | null
}

export interface DeployJob extends JobRow {
  readonly kind: 'deploy'
  readonly request: DeployOptions
  readonly result: DeployOutcome | null
}

interface RetrieveJob extends JobRow {
  readonly kind: 'retrieve'
  readonly request: RetrieveRequest
  readonly result: RetrieveOutcome | null
}

export type Job = DeployJob | RetrieveJob

/** `status` of a deployment as it stands. */
export type Stage = 'Pending' | 'InProgress' | 'Canceling' | 'Canceled' | 'Done'

export function stageOf(org: Org, job: Job): Stage {
  if (job.state === 'done') return 'Done'
  if (job.state === 'canceled') return 'Canceled'
  if (job.state === 'canceling') return 'Canceling'
  return org.now() < job.startAt ? 'Pending' : 'InProgress'
}

const columns = 'id, kind, userId, version, createdAt, startAt, endAt, state, request, result, canceledById'

const parsed = (row: Readonly<Record<string, unknown>>): Job =>
  ({
    ...row,
    request: JSON.parse(String(row['request'])) as unknown,
    result: row['result'] === null ? null : (JSON.parse(String(row['result'])) as unknown),
  }) as unknown as Job

/** By its id of 18 or 15 characters. */
export function jobById(org: Org, id: string): Job | undefined {
  const row = org.sql(`SELECT ${columns} FROM sim_metadata_job WHERE substr(id, 1, 15) = ?`).get(id.slice(0, 15))
  return row === undefined ? undefined : parsed(row)
}

export const allJobs = (org: Org): readonly Job[] =>
  org.sql(`SELECT ${columns} FROM sim_metadata_job ORDER BY createdAt, id`).all().map(parsed)

const blob = (value: unknown): Buffer => (value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0))

export const retrievedZip = (org: Org, id: string): Buffer =>
  blob(org.sql('SELECT resultZip FROM sim_metadata_job WHERE id = ?').get(id)?.['resultZip'])

export function submit(
  org: Org,
  of: { readonly kind: Job['kind']; readonly userId: string; readonly version: number } & {
    readonly request: DeployOptions | RetrieveRequest
    readonly zip: Uint8Array | null
  },
): Job {
  const { metadataQueueMs, metadataRunMs } = org.settings()
  const now = org.now()
  const last = org.sql(`SELECT MAX(endAt) AS at FROM sim_metadata_job WHERE state = 'open'`).get()?.['at']
  const startAt = Math.max(now + metadataQueueMs, typeof last === 'number' ? last : 0)
  const id = org.ids.id(of.kind === 'deploy' ? '0Af' : '09S')
  org
    .sql(
      `INSERT INTO sim_metadata_job (id, kind, userId, version, createdAt, startAt, endAt, state, request, zip)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)`,
    )
    .run(id, of.kind, of.userId, of.version, now, startAt, startAt + metadataRunMs, JSON.stringify(of.request), of.zip)
  const job = jobById(org, id)
  if (job === undefined) throw new Error(`The job ${id} was written and can’t be read`)
  return job
}

/** A deployment of long ago, for orgs that are made with a past: whose it was, when, and nothing of what was in it. */
export function plantDeployment(org: Org, { userId, at }: { readonly userId: string; readonly at: number }): void {
  const request = deployOptionsOf(undefined)
  const result: DeployOutcome = {
    status: 'Succeeded',
    messages: [],
    total: 0,
    errorStatusCode: null,
    errorMessage: null,
  }
  org
    .sql(
      `INSERT INTO sim_metadata_job (id, kind, userId, version, createdAt, startAt, endAt, state, request, result)
       VALUES (?, 'deploy', ?, 66, ?, ?, ?, 'done', ?, ?)`,
    )
    .run(org.ids.id('0Af'), userId, at, at, at + 60_000, JSON.stringify(request), JSON.stringify(result))
}

/** In the queue it is over at once; at work it takes until the job would have ended. */
export function cancel(org: Org, job: Job, userId: string): Job {
  const stage = stageOf(org, job)
  const state = stage === 'Pending' ? 'canceled' : stage === 'InProgress' ? 'canceling' : undefined
  if (state !== undefined)
    org.sql('UPDATE sim_metadata_job SET state = ?, canceledById = ? WHERE id = ?').run(state, userId, job.id)
  return jobById(org, job.id) ?? job
}

const validFor = 10 * 86_400_000

/** Deploys what was validated within the last ten days; undefined: there is no such validation. */
export function deployValidated(org: Org, id: string, of: { readonly userId: string; readonly version: number }) {
  const job = jobById(org, id)
  if (job?.kind !== 'deploy' || !job.request.checkOnly || job.result?.status !== 'Succeeded') return undefined
  if (org.now() - job.endAt > validFor) return undefined
  const zip = blob(org.sql('SELECT zip FROM sim_metadata_job WHERE id = ?').get(job.id)?.['zip'])
  return submit(org, { kind: 'deploy', ...of, request: { ...job.request, checkOnly: false }, zip })
}

export function carryOutJobs(org: Org, orgs: readonly Org[]): void {
  const due = org
    .sql(
      `SELECT ${columns}, zip FROM sim_metadata_job WHERE state IN ('open', 'canceling') AND endAt <= ? ORDER BY endAt, id`,
    )
    .all(org.now())
  for (const row of due) run(org, orgs, parsed(row), blob(row['zip']))
}

const failedResult = (org: Org): DeployOutcome => ({
  status: 'Failed',
  messages: [],
  total: 0,
  errorStatusCode: 'UNKNOWN_EXCEPTION',
  errorMessage: unexpected(org),
})

function run(org: Org, orgs: readonly Org[], job: Job, zip: Buffer): void {
  const end = (state: JobRow['state'], result: unknown, resultZip: Buffer | null): void => {
    // What was only validated can be deployed later, without being sent again.
    const kept = job.kind === 'deploy' && job.request.checkOnly ? zip : null
    org
      .sql('UPDATE sim_metadata_job SET state = ?, result = ?, resultZip = ?, zip = ? WHERE id = ?')
      .run(state, JSON.stringify(result), resultZip, kept, job.id)
  }
  if (job.state === 'canceling') return end('canceled', null, null)
  const { userId, version } = job
  try {
    if (job.kind === 'deploy') return end('done', deploy(org, { orgs, userId, version }, zip, job.request), null)
    const { outcome, zip: packed } = retrieve(org, { orgs, userId }, job.request)
    end('done', outcome, packed)
  } catch (error) {
    // A mistake of the simulator; whoever sent the request that is served next has nothing to do with it.
    org.record(0, { kind: 'note', text: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    end('done', job.kind === 'deploy' ? failedResult(org) : { properties: [], messages: [] }, null)
  }
}
