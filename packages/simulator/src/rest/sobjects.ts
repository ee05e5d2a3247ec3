/** The sobject resources that describe: the list, one object's summary, its full description. */
import { sobjectNamed } from '../data/catalogue.ts'
import { notFound } from '../data/api-error.ts'
import type { SObject } from '../data/sobject.ts'
import type { Answer, Call } from './call.ts'
import { isTooling, prefixOf } from './call.ts'
import { describeSObject, describeSummary, visibleSObjects } from './describe.ts'

/** The object by name if the caller can see it; what can't be seen isn't there. */
export function visibleSObject(call: Call, name: string): SObject {
  const sobject = sobjectNamed(name)
  const elsewhere = isTooling(call) ? 'rest' : 'tooling'
  if (sobject === undefined || sobject.api === elsewhere || !call.access.object(sobject).read) throw notFound()
  return sobject
}

export function describeGlobal(call: Call): Answer {
  const sobjects = visibleSObjects(call.access, isTooling(call)).map((sobject) =>
    describeSummary(call.access, sobject, prefixOf(call)),
  )
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } }
}

export function basicInformation(call: Call, name: string): Answer {
  const sobject = visibleSObject(call, name)
  return {
    status: 200,
    body: { objectDescribe: describeSummary(call.access, sobject, prefixOf(call)), recentItems: [] },
  }
}

export function describe(call: Call, name: string): Answer {
  return {
    status: 200,
    body: describeSObject(call.access, visibleSObject(call, name), prefixOf(call)),
  }
}
