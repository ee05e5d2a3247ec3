/** Component files and manifests: XML read with a parser, written by hand in the order of Salesforce (alphabetical). */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { escapeXml } from '../soap/envelope.ts'
import type { Json, JsonObject } from './elements.ts'
import { ComponentProblem, namespace } from './elements.ts'

const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  processEntities: true,
})

export type XmlNode = Readonly<Record<string, unknown>>

export const isNode = (value: unknown): value is XmlNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One or many or none, as the parser has it: always a list. */
export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value]

export const plainText = (value: unknown): string =>
  isNode(value) ? String(value['#text'] ?? '') : String(value ?? '')

export const parseXml = (text: string): unknown => parser.parse(text)

/** The root element of a file, which has to be `name`. */
export function rootOf(text: string, name: string): XmlNode {
  const refuse = (message: string): never => {
    throw new ComponentProblem(message, { structural: true, statusCode: 'UNKNOWN_EXCEPTION' })
  }
  const valid = XMLValidator.validate(text)
  if (valid !== true) refuse(`${valid.err.msg} at line ${valid.err.line} column ${valid.err.col}`)
  let parsed: unknown
  try {
    parsed = parser.parse(text)
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'The file can’t be read')
  }
  const found = isNode(parsed) ? Object.keys(parsed).find((key) => !key.startsWith('?') && key !== '#text') : undefined
  if (found !== name) return refuse(`The root element is ${found ?? 'missing'}; expected is ${name}`)
  const root = isNode(parsed) ? parsed[name] : undefined
  return isNode(root) ? root : {}
}

/** Elements of an object, in alphabetical order as retrieved files have them. */
export function elementsXml(body: JsonObject, indent: string): string {
  return Object.keys(body)
    .toSorted()
    .map((name) => elementXml(name, body[name], indent))
    .join('')
}

function elementXml(name: string, value: Json | undefined, indent: string): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => elementXml(name, one, indent)).join('')
  const end = indent === '' ? '' : '\n'
  if (typeof value !== 'object') return `${indent}<${name}>${escapeXml(String(value))}</${name}>${end}`
  const inner = elementsXml(value as JsonObject, indent === '' ? '' : `${indent}    `)
  if (inner === '') return `${indent}<${name}/>${end}`
  return indent === '' ? `<${name}>${inner}</${name}>` : `${indent}<${name}>\n${inner}${indent}</${name}>\n`
}

export const fileXml = (typeName: string, body: JsonObject): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${typeName} xmlns="${namespace}">\n${elementsXml(body, '    ')}</${typeName}>\n`
