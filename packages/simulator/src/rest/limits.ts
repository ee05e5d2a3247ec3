/** GET /limits: what the org may use and what is left, for callers who may see the setup. */
import { ApiError } from '../data/api-error.ts'
import { prepared } from '../data/statements.ts'
import type { Answer, Call } from './call.ts'

const constant: Readonly<Record<string, number>> = {
  ConcurrentAsyncGetReportInstances: 200,
  ConcurrentSyncReportRuns: 20,
  DailyAsyncApexExecutions: 250_000,
  DailyBulkApiBatches: 15_000,
  DailyBulkV2QueryFileStorageMB: 976_562,
  DailyBulkV2QueryJobs: 10_000,
  DailyGenericStreamingApiEvents: 10_000,
  DailyStreamingApiEvents: 10_000,
  DataStorageMB: 1_073,
  FileStorageMB: 1_073,
  HourlyAsyncReportRuns: 1_200,
  HourlyODataCallout: 1_000,
  HourlySyncReportRuns: 500,
  HourlyTimeBasedWorkflow: 1_000,
  MassEmail: 5_000,
  SingleEmail: 5_000,
}

const mostPermissionSets = 1_500

export function limits(call: Call): Answer {
  if (!call.access.has('ViewSetup')) {
    throw new ApiError(
      403,
      'INSUFFICIENT_ACCESS',
      'You need the View Setup and Configuration permission to see the limits of this org',
    )
  }
  const sets = prepared(call.org.db, `SELECT COUNT(*) AS n FROM "PermissionSet" WHERE "IsOwnedByProfile" = 0`).get()
  const remaining = mostPermissionSets - Number(sets?.['n'] ?? 0)
  return {
    status: 200,
    body: {
      ...Object.fromEntries(Object.entries(constant).map(([name, max]) => [name, { Max: max, Remaining: max }])),
      DailyApiRequests: { Max: call.usage.limit, Remaining: Math.max(0, call.usage.limit - call.usage.used) },
      PermissionSets: {
        Max: mostPermissionSets,
        Remaining: remaining,
        CreateCustom: { Max: mostPermissionSets, Remaining: remaining },
      },
    },
  }
}
