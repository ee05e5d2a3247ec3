/**
 * A describe is large and rights change seldom: what was read is good for a minute, per grant, object and generation.
 */
import type { Clock } from '../clock.ts'
import type { ObjectFields, RequiredFields } from '../contract.ts'
import { loadFields, type GetPath } from './load-fields.ts'

const GOOD_FOR_MS = 60_000
/** An integration asks for a handful of objects; more than this and the oldest is forgotten. */
const KEPT = 200

interface FieldsOf {
  readonly name: string
  readonly object: string
  /** Another access token may be another user's. */
  readonly generation: number
  readonly user: string | null
  readonly required: RequiredFields
}

export const cachedFields = (clock: Clock) => {
  const known = new Map<string, { readonly until: number; readonly fields: Promise<ObjectFields> }>()
  return (get: GetPath, { name, object, generation, user, required }: FieldsOf): Promise<ObjectFields> => {
    const along = Object.keys(required).filter((field) => field.includes('.'))
    const key = JSON.stringify([
      name,
      object.toLowerCase(),
      generation,
      along.map((field) => field.toLowerCase()).sort(),
    ])
    const found = known.get(key)
    if (found !== undefined && clock.boot() < found.until) return found.fields
    const fields = loadFields(get, object, { user, along })
    known.delete(key)
    known.set(key, { until: clock.boot() + GOOD_FOR_MS, fields })
    fields.catch(() => known.delete(key))
    for (const oldest of known.keys()) {
      if (known.size <= KEPT) break
      known.delete(oldest)
    }
    return fields
  }
}
