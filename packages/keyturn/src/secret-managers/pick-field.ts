/** One text out of a secret with several: `#key`, or `#outer.inner` where no key is named so in full. */
import { Secret } from '@keyturn/tokens'
import { isObject } from './json-answer.ts'
import type { JsonObject } from './json-answer.ts'
import { notReady } from './refusals.ts'

const within = (data: unknown, path: string): unknown => {
  if (!isObject(data)) return undefined
  if (Object.hasOwn(data, path)) return data[path]
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const found = within(data[path.slice(0, dot)], path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

export const pickField = (data: JsonObject, field: string | undefined, where: string): Secret => {
  const keys = Object.keys(data)
  if (field === undefined && keys.length !== 1)
    throw notReady(`${where} holds ${keys.length} values: say which one with #NAME`)
  const name = field ?? keys[0] ?? ''
  const found = within(data, name)
  // Not the names that are there: in a secret, even those may be somebody's.
  if (found === undefined) throw notReady(`${where} has no ${name}`, 'Correct what stands after the #.')
  if (typeof found === 'string') return new Secret(found)
  if (typeof found === 'number' || typeof found === 'boolean') return new Secret(String(found))
  throw notReady(`${name} of ${where} is no text`, 'Name a value inside it: #OUTER.INNER.')
}
