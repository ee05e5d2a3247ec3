/**
 * One operation of the broker's own API, as data: what it takes and answers are zod schemas, from which the request is
 * checked and the OpenAPI document is made, so that the two can't drift apart.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Caller } from '../caller.ts'

interface ApiCall<Params, Query, Body> {
  readonly caller: Caller
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /keyturn/v1, parameters in braces. */
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly operatorOnly: boolean
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodObject | null
  readonly answer: z.ZodType
  /** Of the answer; default application/json. */
  readonly media: string
  run(call: ApiCall<unknown, unknown, unknown>): Promise<unknown>
}

const nothing = z.strictObject({})

interface Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject, A extends z.ZodType> {
  readonly method: ApiRoute['method']
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly operatorOnly?: boolean
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer: A
  readonly media?: string
  readonly run: (call: ApiCall<z.infer<P>, z.infer<Q>, z.infer<B>>) => Promise<z.input<A> | FastifyReply>
}

export const apiRoute = <
  A extends z.ZodType,
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodObject = typeof nothing,
>(
  definition: Definition<P, Q, B, A>,
): ApiRoute => ({
  operatorOnly: false,
  media: 'application/json',
  ...definition,
  params: definition.params ?? nothing,
  query: definition.query ?? nothing,
  body: definition.body ?? null,
  // Checked by the very schemas that this type comes from, before it is called.
  run: definition.run as ApiRoute['run'],
})
