/**
 * Whether two bodies say the same. The org gives texts for `true` and `3`, one element instead of a list of one, lists
 * in an order of its own, and nothing for what is empty or (of permissions) not enabled; none of that is a difference.
 */
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import { elementsOf } from '../../org/metadata-component.ts'

/** A certificate is itself however its lines are broken. */
const sameText = (text: string): string =>
  text.includes('-----BEGIN ') ? text.replace(/\s+/g, '') : text.replace(/\s+/g, ' ').trim()

/** `<userPermissions><enabled>false</enabled><name>X</name></userPermissions>` reads as no entry at all. */
const isOff = (entry: unknown): boolean => {
  if (typeof entry !== 'object' || entry === null || !('enabled' in entry) || entry.enabled !== 'false') return false
  return Object.keys(entry).every((name) => name === 'enabled' || name === 'name')
}

const canonicalList = (all: readonly MetadataValue[]): unknown => {
  const list = all.map((one) => canonical(one)).filter((one) => one !== undefined && !isOff(one))
  if (list.length <= 1) return list[0]
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** Some elements are lists in one text, in the order that the org likes (`commaSeparatedProfile`). */
const listInText = (name: string, value: MetadataValue): MetadataValue =>
  name.startsWith('commaSeparated') && typeof value === 'string' ? value.split(',') : value

const isGroup = (value: MetadataValue): value is MetadataBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const canonical = (value: MetadataValue): unknown => {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'object') {
    const text = sameText(String(value))
    return text === '' ? undefined : text
  }
  if (Array.isArray(value)) return canonicalList(value as readonly MetadataValue[])
  const elements = Object.entries(value)
    .filter(([name]) => name !== '$')
    .map(([name, one]) => [name, canonical(listInText(name, one))] as const)
    .filter(([, one]) => one !== undefined && !isOff(one))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return elements.length === 0 ? undefined : Object.fromEntries(elements)
}

export const sameValue = (a: MetadataValue, b: MetadataValue): boolean =>
  JSON.stringify(canonical(a)) === JSON.stringify(canonical(b))

/** As `sameValue`, of what stands at a path. */
export const sameElement = (path: ElementPath, a: MetadataValue, b: MetadataValue): boolean => {
  const name = path.at(-1)
  return name === undefined ? sameValue(a, b) : sameValue({ [name]: a }, { [name]: b })
}

export type ElementPath = readonly string[]

/** Elements that differ, as deep as both are groups of elements; a list differs as a whole. */
export const changedElements = (before: MetadataValue, after: MetadataValue): readonly ElementPath[] => {
  if (sameValue(before, after)) return []
  const open = (value: MetadataValue): boolean => value === null || value === undefined || isGroup(value)
  if (!open(before) || !open(after)) return [[]]
  const [was, is] = [elementsOf(before), elementsOf(after)]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((name) => name !== '$')
    .toSorted()
    .filter((name) => !sameElement([name], was[name], is[name]))
    .flatMap((name) => changedElements(was[name], is[name]).map((path) => [name, ...path]))
}

export const valueAt = (body: MetadataValue, [first, ...rest]: ElementPath): MetadataValue =>
  first === undefined ? body : valueAt(elementsOf(body)[first], rest)
