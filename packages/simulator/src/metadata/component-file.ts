/** Component files: which type and name a path stands for, what is in it, and how a component is written. */
import type { ComponentType, Context } from './component-type.ts'
import { availableTypes } from './catalogue.ts'
import { elementVersion } from './context.ts'
import type { JsonObject } from './elements.ts'
import { ComponentProblem, missingElement, readElements } from './elements.ts'
import { fileXml, rootOf } from './xml.ts'

export interface ComponentFile {
  readonly type: ComponentType
  readonly fullName: string
  readonly path: string
  /** Text of the file that has the elements. */
  readonly elements: string | undefined
  readonly content: Buffer | undefined
}

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** The component that a path belongs to; undefined: of no type that this org has. */
export function ownerOf(context: Context, path: string): { type: ComponentType; fullName: string } | undefined {
  const [directory = '', file = ''] = path.split('/')
  for (const type of availableTypes(context)) {
    const end = `.${type.suffix}`
    const bare = type.hasContent && file.endsWith('-meta.xml') ? file.slice(0, -'-meta.xml'.length) : file
    if (type.directory === directory && bare.endsWith(end))
      return { type, fullName: decoded(bare.slice(0, -end.length)) }
  }
  return undefined
}

export const pathOf = (type: ComponentType, fullName: string): string =>
  `${type.directory}/${fullName.replaceAll('%', '%25').replaceAll('/', '%2F')}.${type.suffix}`

/** What a body says, judged as far as its type alone goes. */
export function judged(type: ComponentType, fullName: string, body: JsonObject): JsonObject {
  const elements = type.elementsOf(fullName)
  const missing = elements === undefined ? undefined : missingElement(elements, body)
  if (missing !== undefined)
    throw new ComponentProblem(`Required field is missing: ${missing}`, { statusCode: 'REQUIRED_FIELD_MISSING' })
  return body
}

export function bodyOfFile(context: Context, file: ComponentFile): JsonObject {
  const { type, fullName } = file
  const elements = type.elementsOf(fullName)
  if (elements === undefined) throw new ComponentProblem(`No ${type.name} named ${fullName} in this organization`)
  if (file.elements === undefined) throw new ComponentProblem(`The file ${file.path}-meta.xml is missing`)
  const root = rootOf(file.elements, type.rootOf(fullName))
  const { fullName: _name, ...node } = root
  const body = readElements(type.rootOf(fullName), elements, node, elementVersion(context))
  const content = file.content === undefined || file.content.length === 0 ? undefined : file.content.toString('base64')
  return judged(type, fullName, content === undefined ? body : { ...body, content })
}

/** The files of a component as a retrieve puts them into its zip. */
export function filesOf(type: ComponentType, fullName: string, body: JsonObject): ReadonlyMap<string, string | Buffer> {
  const path = pathOf(type, fullName)
  if (!type.hasContent) return new Map([[path, fileXml(type.rootOf(fullName), body)]])
  const { content, ...rest } = body
  return new Map<string, string | Buffer>([
    [path, Buffer.from(String(content ?? ''), 'base64')],
    [`${path}-meta.xml`, fileXml(type.name, rest)],
  ])
}
