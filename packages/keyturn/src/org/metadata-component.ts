/**
 * Metadata components as data: read with everything that stands in them, and changed in one element. A deployed file
 * that leaves elements out may reset them, so a change always starts from what the org has.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from './connection.ts'
import { jsforceCall } from './jsforce-call.ts'

export type MetadataValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly MetadataValue[]
  | { readonly [element: string]: MetadataValue }

/** Without `fullName`. What was read has texts for `true` and `3`; what is deployed may have either. */
export type MetadataBody = Readonly<Record<string, MetadataValue>>

/** `SecuritySettings`, whose component is `Security` of the type `Settings`, is named by its own type when it is read. */
export interface ComponentName {
  readonly type: string
  readonly fullName: string
}

/** What one call takes. */
const atOnce = 10

const answersOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value]

/**
 * As the XML has it: texts, lists and elements. jsforce's table of types is older than many elements, so that of two
 * switches one comes as a boolean and the other as a text; it also makes empty lists where there was nothing.
 */
const plain = (value: MetadataValue): MetadataValue => {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) {
    const list = (value as readonly MetadataValue[]).map(plain).filter((one) => one !== undefined)
    return list.length === 0 ? undefined : list
  }
  const { $: attributes, ...elements } = value as MetadataBody
  if (elementsOf(attributes)['xsi:nil'] === 'true') return undefined
  const found = Object.entries(elements).map(([name, one]) => [name, plain(one)] as const)
  return Object.fromEntries(found.filter(([, one]) => one !== undefined))
}

export const isOn = (value: MetadataValue): boolean => value === true || value === 'true'

export const elementsOf = (value: MetadataValue): MetadataBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MetadataBody) : {}

/** One element instead of a list of one, and nothing instead of an empty list, is how XML is read. */
export const listOf = (value: MetadataValue): readonly MetadataValue[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly MetadataValue[]) : [value]

export const textOf = (value: MetadataValue): string | null =>
  typeof value === 'string' && value !== '' ? value : null

/** What there is of these names; those that are not there are left out. Throws ORG_REFUSED, ORG_UNAVAILABLE. */
export const readComponents = async (
  org: OrgConnection,
  type: string,
  fullNames: readonly string[],
): Promise<ReadonlyMap<string, MetadataBody>> => {
  const connection = await org.jsforce()
  const found = new Map<string, MetadataBody>()
  for (let from = 0; from < fullNames.length; from += atOnce) {
    const names = fullNames.slice(from, from + atOnce)
    const read: unknown = await jsforceCall(`Reading ${type}`, () => connection.metadata.read(type as never, names))
    for (const record of answersOf(read)) {
      const { fullName, ...body } = elementsOf(plain(record as MetadataValue))
      if (typeof fullName === 'string' && fullName !== '') found.set(fullName, body)
    }
  }
  return found
}

/** Null: there is none of that name. */
export const readComponent = async (
  org: OrgConnection,
  { type, fullName }: ComponentName,
): Promise<MetadataBody | null> => (await readComponents(org, type, [fullName])).get(fullName) ?? null

export const componentNames = async (org: OrgConnection, type: string): Promise<readonly string[]> => {
  const connection = await org.jsforce()
  const listed: unknown = await jsforceCall(`Listing ${type}`, () => connection.metadata.list([{ type }]))
  return answersOf(listed)
    .map((one) => elementsOf(one as MetadataValue)['fullName'])
    .filter((name): name is string => typeof name === 'string' && name !== '')
}

/** The same with one element changed, at any depth; undefined takes it out. */
export const withElement = (
  body: MetadataBody,
  [first, ...rest]: readonly string[],
  value: MetadataValue,
): MetadataBody => {
  if (first === undefined) throw new KeyturnError('DEFECT', 'an element has no name')
  const { [first]: old, ...others } = body
  const next = rest.length === 0 ? value : withElement(elementsOf(old), rest, value)
  return next === undefined ? others : { ...others, [first]: next }
}
