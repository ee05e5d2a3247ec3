/**
 * What may stand in a component: its elements, their types, which are required and which repeat. One declaration per
 * type reads files and SOAP bodies alike, refuses what Salesforce refuses in its words, and orders what is written.
 */
export type Json = string | number | boolean | JsonObject | readonly Json[]
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

export interface Element {
  readonly is: 'text' | 'boolean' | 'integer' | 'enum' | 'group'
  /** The XML type that error texts name. */
  readonly typeName: string
  readonly values: readonly string[]
  readonly elements: Elements
  readonly required: boolean
  readonly many: boolean
  /** First API version that knows it. */
  readonly since: number
}

export type Elements = Readonly<Record<string, Element>>

const base = { values: [], elements: {}, required: false, many: false, since: 0 } as const

export const text: Element = { ...base, is: 'text', typeName: 'xsd:string' }
export const flag: Element = { ...base, is: 'boolean', typeName: 'xsd:boolean' }
export const integer: Element = { ...base, is: 'integer', typeName: 'xsd:int' }
export const oneOf = (typeName: string, ...values: readonly string[]): Element => ({
  ...base,
  is: 'enum',
  typeName,
  values,
})
export const group = (typeName: string, elements: Elements): Element => ({ ...base, is: 'group', typeName, elements })
export const required = (element: Element): Element => ({ ...element, required: true })
export const many = (element: Element): Element => ({ ...element, many: true })
export const since = (version: number, element: Element): Element => ({ ...element, since: version })

/** Several elements of one kind. */
export const all = (element: Element, ...names: readonly string[]): Elements =>
  Object.fromEntries(names.map((name) => [name, element]))

export const namespace = 'http://soap.sforce.com/2006/04/metadata'

/** Something that can't be parsed or saved; the text is what the client reads. */
export class ComponentProblem extends Error {
  readonly statusCode: string
  /** Not well-formed, or not of this type: a fault in a SOAP call, an `Error parsing file` in a deployment. */
  readonly structural: boolean
  readonly warning: boolean

  constructor(message: string, of: { statusCode?: string; structural?: boolean; warning?: boolean } = {}) {
    super(message)
    this.statusCode = of.statusCode ?? 'FIELD_INTEGRITY_EXCEPTION'
    this.structural = of.structural ?? false
    this.warning = of.warning ?? false
  }
}

const malformed = (message: string): ComponentProblem =>
  new ComponentProblem(message, { structural: true, statusCode: 'UNKNOWN_EXCEPTION' })

type Node = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const isNil = (value: unknown): boolean => isNode(value) && value['@_nil'] === 'true'

function textOf(value: unknown): string {
  if (isNode(value)) return String(value['#text'] ?? '')
  return String(value ?? '')
}

function single(element: Element, name: string, value: unknown, version: number): Json {
  if (element.is === 'group') {
    if (!isNode(value) && textOf(value) !== '') throw malformed(`Element ${name} has text where it has elements`)
    return readElements(element.typeName, element.elements, isNode(value) ? value : {}, version)
  }
  if (isNode(value)) {
    const child = Object.keys(value).find((key) => !key.startsWith('@_') && key !== '#text')
    if (child !== undefined)
      throw malformed(`Element {${namespace}}${child} invalid at this location in type ${element.typeName}`)
  }
  const plain = textOf(value)
  const refuse = (): never => {
    const kind = element.is === 'enum' ? `enum '${element.typeName}'` : `type ${element.typeName}`
    throw malformed(`'${plain}' is not a valid value for the ${kind}`)
  }
  switch (element.is) {
    case 'boolean':
      return plain === 'true' || plain === '1' ? true : plain === 'false' || plain === '0' ? false : refuse()
    case 'integer':
      return /^[+-]?\d{1,10}$/.test(plain) ? Number(plain) : refuse()
    case 'enum':
      return element.values.includes(plain) ? plain : refuse()
    case 'text':
      return plain
  }
}

/** A parsed XML node as the JSON of its type. Attributes are not looked at, except `xsi:nil`. */
export function readElements(typeName: string, elements: Elements, node: Node, version: number): JsonObject {
  const found: Record<string, Json> = {}
  for (const [name, value] of Object.entries(node)) {
    if (name.startsWith('@_') || (name === '#text' && String(value).trim() === '')) continue
    const element = Object.hasOwn(elements, name) ? elements[name] : undefined
    if (element === undefined || element.since > version)
      throw malformed(`Element {${namespace}}${name} invalid at this location in type ${typeName}`)
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!element.many && values.length > 1)
      throw malformed(`Element ${name} is duplicated at this location in type ${typeName}`)
    const read = values.filter((one) => !isNil(one)).map((one) => single(element, name, one, version))
    if (element.many) found[name] = read
    else if (read[0] !== undefined) found[name] = read[0]
  }
  return found
}

/** The first required element that isn't there, with the path that leads to it. */
export function missingElement(elements: Elements, body: JsonObject): string | undefined {
  for (const [name, element] of Object.entries(elements)) {
    const value = body[name]
    if (value === undefined || value === '') {
      if (element.required) return name
      continue
    }
    if (element.is !== 'group') continue
    for (const one of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      const inner = missingElement(element.elements, one as JsonObject)
      if (inner !== undefined) return inner
    }
  }
  return undefined
}

export const objectAt = (body: JsonObject | undefined, name: string): JsonObject | undefined => {
  const value = body?.[name]
  return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined
}

export const listAt = (body: JsonObject | undefined, name: string): readonly Json[] | undefined => {
  const value = body?.[name]
  return Array.isArray(value) ? (value as readonly Json[]) : undefined
}

export const textAt = (body: JsonObject | undefined, name: string): string | undefined => {
  const value = body?.[name]
  return typeof value === 'string' ? value : undefined
}

export const flagAt = (body: JsonObject | undefined, name: string): boolean | undefined => {
  const value = body?.[name]
  return typeof value === 'boolean' ? value : undefined
}

/** Without the names whose value is undefined, so that an absent element is an absent key. */
export const present = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
