/** createMetadata, updateMetadata, upsertMetadata, deleteMetadata, renameMetadata, readMetadata: components one by one. */
import { typeOfCall } from './catalogue.ts'
import { judged } from './component-file.ts'
import type { ComponentType } from './component-type.ts'
import { elementVersion, requireWrite } from './context.ts'
import type { OpenContext } from './context.ts'
import type { JsonObject } from './elements.ts'
import { ComponentProblem, readElements } from './elements.ts'
import { attempt } from './transaction.ts'
import { isNode, listOf, plainText } from './xml.ts'

const recordLimit = 10

/** What the call itself is refused for: a fault. */
export class CallRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

function withinLimit<T>(list: readonly T[]): readonly T[] {
  if (list.length > recordLimit)
    throw new CallRefusal(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${recordLimit} records into this operation`,
    )
  return list
}

function typeOf(context: OpenContext, name: string): ComponentType {
  const type = typeOfCall(context, name)
  if (type === undefined)
    throw new CallRefusal('INVALID_TYPE', `This type of metadata is not available for this organization: ${name}`)
  return type
}

interface Given {
  readonly type: ComponentType
  readonly fullName: string
  readonly body: JsonObject
}

function givenOf(context: OpenContext, node: unknown): Given {
  const record = isNode(node) ? node : {}
  const { fullName, ...rest } = record
  const typeName = plainText(record['@_type']).replace(/^.*:/, '')
  const type = typeOf(context, typeName)
  const name = plainText(fullName)
  const elements = type.elementsOf(name)
  if (name === '' || elements === undefined)
    throw new CallRefusal('INVALID_CROSS_REFERENCE_KEY', `Required field is missing: fullName of ${typeName}`)
  return { type, fullName: name, body: readElements(typeName, elements, rest, elementVersion(context)) }
}

function result(fullName: string, refusal: ComponentProblem | undefined, more: JsonObject = {}): JsonObject {
  if (refusal === undefined) return { ...more, fullName, success: true }
  return {
    ...more,
    errors: [{ message: refusal.message, statusCode: refusal.statusCode }],
    fullName,
    success: false,
  }
}

function one(context: OpenContext, fullName: string, work: () => JsonObject): JsonObject {
  try {
    const done = attempt(context.org, () => ({ value: work(), keep: true }))
    context.commit()
    return done
  } catch (error) {
    if (!(error instanceof ComponentProblem)) throw error
    return result(fullName, error)
  }
}

type Write = 'create' | 'update' | 'upsert'

export function write(context: OpenContext, how: Write, nodes: unknown): readonly JsonObject[] {
  const all = withinLimit(listOf(nodes)).map((node) => givenOf(context, node))
  return all.map(({ type, fullName, body }) =>
    one(context, fullName, () => {
      requireWrite(context, type)
      const before = type.read(context, fullName)
      if (how === 'create' && before !== undefined)
        throw new ComponentProblem(
          `This Name already exists or has been previously used. Please choose a different name.: ${fullName}`,
          { statusCode: 'DUPLICATE_DEVELOPER_NAME' },
        )
      if (how === 'update' && before === undefined) throw notFound(type, fullName)
      type.apply(context, fullName, judged(type, fullName, body), before)
      return result(fullName, undefined, how === 'upsert' ? { created: before === undefined } : {})
    }),
  )
}

const notFound = (type: ComponentType, fullName: string): ComponentProblem =>
  new ComponentProblem(`In field: fullName - no ${type.name} named ${fullName} found`, {
    statusCode: 'INVALID_CROSS_REFERENCE_KEY',
  })

export function remove(context: OpenContext, typeName: string, names: unknown): readonly JsonObject[] {
  const type = typeOf(context, typeName)
  return withinLimit(listOf(names)).map((name) => {
    const fullName = plainText(name)
    return one(context, fullName, () => {
      requireWrite(context, type)
      if (type.read(context, fullName) === undefined) throw notFound(type, fullName)
      type.remove(context, fullName)
      return result(fullName, undefined)
    })
  })
}

export function rename(context: OpenContext, typeName: string, from: string, to: string): JsonObject {
  const type = typeOf(context, typeName)
  return one(context, from, () => {
    requireWrite(context, type)
    if (type.read(context, from) === undefined) throw notFound(type, from)
    if (type.rename === undefined) throw new ComponentProblem(`Rename is not supported for ${type.name}`)
    if (type.read(context, to) !== undefined)
      throw new ComponentProblem(`This Name already exists: ${to}`, { statusCode: 'DUPLICATE_DEVELOPER_NAME' })
    type.rename(context, from, to)
    return result(to, undefined)
  })
}

/** null: there is none of that name. */
export function readMany(
  context: OpenContext,
  typeName: string,
  names: unknown,
): readonly { readonly fullName: string; readonly body: JsonObject | null }[] {
  const type = typeOf(context, typeName)
  return withinLimit(listOf(names)).map((name) => {
    const fullName = plainText(name)
    return { fullName, body: type.read(context, fullName) ?? null }
  })
}
