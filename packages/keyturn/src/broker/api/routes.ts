/** The broker's own API as a Fastify plugin: who is it, is the request well formed, then the operation. */
import type { FastifyPluginAsync } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type * as z from 'zod'
import type { BrokerContext } from '../caller.ts'
import type { ManageCallers } from '../callers/manage-callers.ts'
import { callerRoutes } from './caller-routes.ts'
import { eventRoutes } from './event-routes.ts'
import type { EventTail } from './event-tail.ts'
import { grantRoutes } from './grant-routes.ts'
import type { Reauthorise } from '../reauthorise/open-reauthorise.ts'
import { identify } from './identify.ts'
import { openApiDocument } from './openapi.ts'
import { reauthoriseRoutes } from './reauthorise-routes.ts'

interface ApiOptions {
  readonly context: BrokerContext
  readonly manage: ManageCallers
  readonly tail: EventTail
  readonly version: string
  readonly reauthorise: Pick<Reauthorise, 'ask'>
}

/** Requests of this API are small. */
const LARGEST_BODY = 64 * 1024

const checked = (type: z.ZodObject, value: unknown, what: string): unknown => {
  const result = type.safeParse(value)
  if (result.success) return result.data
  // Names and rules only: a value may be a secret in the wrong place.
  const [issue] = result.error.issues
  const where = issue?.path.map(String).join('.') ?? ''
  const rule = issue?.code === 'unrecognized_keys' ? 'has an unknown member' : 'is not as it must be'
  throw new KeyturnError('BAD_ARGUMENT', `The ${what}${where === '' ? '' : ` (${where.slice(0, 60)})`} ${rule}`, {
    fix: 'The OpenAPI document at /keyturn/v1/openapi.json says what is taken.',
  })
}

export const apiRoutes =
  ({ context, manage, tail, version, reauthorise }: ApiOptions): FastifyPluginAsync =>
  async (app) => {
    const routes = [
      ...grantRoutes(context),
      ...reauthoriseRoutes(context, reauthorise),
      ...callerRoutes(context, manage),
      ...eventRoutes(context, tail),
    ]
    const document = openApiDocument(routes, version)
    app.get('/openapi.json', async () => document)
    for (const route of routes) {
      app.route({
        method: route.method,
        url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        bodyLimit: LARGEST_BODY,
        handler: async (request, reply) => {
          const caller = await identify(context, request)
          if (route.operatorOnly && !caller.operator)
            throw new KeyturnError('NOT_ALLOWED', `${caller.name} is no operator of this broker`)
          return route.run({
            caller,
            params: checked(route.params, request.params, 'path'),
            query: checked(route.query, request.query, 'query'),
            body: route.body === null ? {} : checked(route.body, request.body ?? {}, 'body'),
            request,
            reply,
          })
        },
      })
    }
  }
