/** Tooling rows of the deployments that were sent to the org, as the jobs keep them. */
import { allJobs, stageOf } from '../metadata/jobs.ts'
import type { VirtualRow } from '../route.ts'
import type { Org } from '../state/org.ts'

export const deployRequestRows = (org: Org): readonly VirtualRow[] =>
  allJobs(org).flatMap((job) => {
    if (job.kind !== 'deploy') return []
    const stage = stageOf(org, job)
    const over = stage === 'Done' || stage === 'Canceled'
    return [
      {
        Id: job.id,
        Status: stage === 'Done' ? (job.result?.status ?? 'Failed') : stage,
        CheckOnly: job.request.checkOnly,
        StartDate: stage === 'Pending' ? null : job.startAt,
        CompletedDate: over ? job.endAt : null,
        CreatedDate: job.createdAt,
        CreatedById: job.userId,
      },
    ]
  })
