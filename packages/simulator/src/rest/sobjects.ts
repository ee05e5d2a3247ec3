/** The sobject resources that describe: the list, one object's summary, its full description. */
import { sobjectNamed } from '../data/catalogue.ts'
import { notFound } from '../data/api-error.ts'
import type { SObject } from '../data/sobject.ts'
import type { Answer, Call } from './call.ts'
import { prefixOf } from './call.ts'
import { describeSObject, describeSummary, visibleSObjects } from './describe.ts'

/** The object by name if the caller can see it; what can't be seen isn't there. */
export function visibleSObject(call: Call, name: string, tooling = false): SObject {
  const sobject = sobjectNamed(name)
  const elsewhere = tooling ? 'rest' : 'tooling'
  if (sobject === undefined || sobject.api === elsewhere || !call.access.object(sobject).read) throw notFound()
  return sobject
}

const urlPrefix = (call: Call, tooling: boolean): string => (tooling ? `${prefixOf(call)}/tooling` : prefixOf(call))

export function describeGlobal(call: Call, tooling: boolean): Answer {
  const sobjects = visibleSObjects(call.access, tooling).map((sobject) =>
    describeSummary(call.access, sobject, urlPrefix(call, tooling)),
  )
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } }
}

export function basicInformation(call: Call, name: string, tooling: boolean): Answer {
  const sobject = visibleSObject(call, name, tooling)
  return {
    status: 200,
    body: { objectDescribe: describeSummary(call.access, sobject, urlPrefix(call, tooling)), recentItems: [] },
  }
}

export function describe(call: Call, name: string, tooling: boolean): Answer {
  return {
    status: 200,
    body: describeSObject(call.access, visibleSObject(call, name, tooling), urlPrefix(call, tooling)),
  }
}
