/** A deployment's DeployResult, as SOAP and REST both show it (in SOAP everything is text). */
import type { Org } from '../state/org.ts'
import type { Json, JsonObject } from './elements.ts'
import type { DeployMessage } from './deploy.ts'
import { isoTime, userName } from './file-properties.ts'
import type { DeployJob } from './jobs.ts'
import { stageOf } from './jobs.ts'

function detailOf(message: DeployMessage, at: string): JsonObject {
  const { id, problem, problemType, ...rest } = message
  return {
    ...rest,
    createdDate: at,
    ...(id === null ? {} : { id }),
    ...(problem === null ? {} : { problem }),
    ...(problemType === null ? {} : { problemType }),
  }
}

const runTestResult: JsonObject = { numFailures: 0, numTestsRun: 0, totalTime: 0 }

export function deployResultOf(org: Org, job: DeployJob, includeDetails: boolean): JsonObject {
  const stage = stageOf(org, job)
  const { request, result } = job
  const messages = result?.messages ?? []
  const isOver = stage === 'Done' || stage === 'Canceled'
  const components = messages.filter((one) => one.fullName !== 'package.xml' || !one.success)
  const failures = messages.filter((one) => !one.success)
  const detail = (list: readonly DeployMessage[]): readonly Json[] =>
    list.map((one) => detailOf(one, isoTime(job.endAt)))
  const status = stage === 'Done' ? (result?.status ?? 'Failed') : stage
  const errors = failures.length
  const deployed = components.length - errors
  return {
    ...(job.canceledById === null
      ? {}
      : { canceledBy: job.canceledById, canceledByName: userName(org, job.canceledById) }),
    checkOnly: request.checkOnly,
    ...(isOver ? { completedDate: isoTime(job.endAt) } : {}),
    createdBy: job.userId,
    createdByName: userName(org, job.userId),
    createdDate: isoTime(job.createdAt),
    ...(includeDetails && isOver
      ? {
          details: {
            componentFailures: detail(failures),
            componentSuccesses: detail(messages.filter((one) => one.success)),
            runTestResult,
          },
        }
      : {}),
    done: isOver,
    ...(result?.errorMessage == null ? {} : { errorMessage: result.errorMessage }),
    ...(result?.errorStatusCode == null ? {} : { errorStatusCode: result.errorStatusCode }),
    id: job.id,
    ignoreWarnings: request.ignoreWarnings,
    lastModifiedDate: isoTime(isOver ? job.endAt : job.createdAt),
    numberComponentErrors: errors,
    numberComponentsDeployed: isOver ? deployed : 0,
    numberComponentsTotal: result?.total ?? 0,
    numberTestErrors: 0,
    numberTestsCompleted: 0,
    numberTestsTotal: 0,
    rollbackOnError: request.rollbackOnError,
    runTestsEnabled: false,
    ...(stage === 'Pending' ? {} : { startDate: isoTime(job.startAt) }),
    status,
    success: status === 'Succeeded',
  }
}
