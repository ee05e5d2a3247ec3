/** The OpenAPI 3.1 document, made from the routes' schemas. */
import * as z from 'zod'
import type { ApiRoute } from './api-route.ts'
import { problem } from './shapes.ts'

type JsonObject = { [key: string]: unknown }

/** Shapes that bear an id become components; zod puts them below $defs. */
const schemaOf = (type: z.ZodType, io: 'input' | 'output', components: JsonObject): JsonObject => {
  const {
    $schema: _dialect,
    $defs = {},
    ...schema
  } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as JsonObject
  for (const [name, shape] of Object.entries($defs as JsonObject)) components[name] = relinked(shape)
  const { id } = schema
  if (typeof id !== 'string') return relinked(schema) as JsonObject
  components[id] = relinked(schema)
  return { $ref: `#/components/schemas/${id}` }
}

const relinked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(relinked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === '$ref' && typeof part === 'string'
        ? [key, part.replace('#/$defs/', '#/components/schemas/')]
        : [key, relinked(part)],
    ),
  )
}

const parametersOf = (object: z.ZodObject, place: 'path' | 'query', components: JsonObject): readonly JsonObject[] =>
  Object.entries(object.shape).map(([name, type]) => {
    const schema = schemaOf(type as z.ZodType, 'input', components)
    return { name, in: place, required: place === 'path' || !(type as z.ZodType).safeParse(undefined).success, schema }
  })

const operationOf = (route: ApiRoute, components: JsonObject): JsonObject => {
  const failure = (description: string): JsonObject => ({
    description,
    content: { 'application/json': { schema: schemaOf(problem, 'output', components) } },
  })
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.operatorOnly ? { description: 'For operators.' } : {}),
    parameters: [...parametersOf(route.params, 'path', components), ...parametersOf(route.query, 'query', components)],
    ...(route.body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body, 'input', components) } },
          },
        }),
    responses: {
      '200': {
        description: 'OK',
        content: { [route.media]: { schema: schemaOf(route.answer, 'output', components) } },
      },
      '400': failure('The request is wrong'),
      '401': failure('That proves no caller'),
      '403': failure('The policy does not allow it'),
      '404': failure('There is none of that name for this caller'),
      '429': failure('Too often: see Retry-After'),
      '503': failure('For the moment: see Retry-After'),
    },
  }
}

export const openApiDocument = (routes: readonly ApiRoute[], version: string): JsonObject => {
  const components: JsonObject = {}
  const paths: Record<string, JsonObject> = {}
  for (const route of routes) {
    const path = `/keyturn/v1${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keyturn broker',
      version,
      description: 'The broker’s own API. The Salesforce-shaped endpoints beside it are Salesforce’s.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ basic: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'Id and secret of a caller' },
        bearer: { type: 'http', scheme: 'bearer', description: 'ID.SECRET of a caller' },
      },
    },
  }
}
