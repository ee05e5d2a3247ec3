/** Grants and their tokens. The real token leaves only to callers whose policy says so. */
import { KeyturnError } from '@keyturn/tokens'
import * as z from 'zod'
import type { BrokerContext, Caller } from '../caller.ts'
import { deskOf } from '../sessions/desk.ts'
import { noteNetwork } from '../sessions/observed-networks.ts'
import { apiRoute } from './api-route.ts'
import type { ApiRoute } from './api-route.ts'
import { grantShape, tokenShape } from './shapes.ts'
import { grantTold, tokenTold } from './told.ts'

const named = z.strictObject({ name: z.string().min(1).max(200).describe('Name of the grant') })
const generation = z.strictObject({ generation: z.number().int().nonnegative().describe('Of the token that was used') })

const mayUse = (caller: Caller, grant: string): boolean => caller.operator || caller.grants.includes(grant)

/** Also for a grant that does not exist: what a caller may not use is not told apart from what is not there. */
const refused = (grant: string): KeyturnError =>
  new KeyturnError('GRANT_NOT_FOUND', `This caller has no grant named ${grant.slice(0, 80)}`)

export const grantRoutes = (context: BrokerContext): readonly ApiRoute[] => {
  const { keyturn, callers, log } = context
  const { tokens, options } = deskOf(context)

  const checkReal = (caller: Caller, grant: string): void => {
    if (!caller.grants.includes(grant)) throw refused(grant)
    if (!caller.realTokens)
      throw new KeyturnError('NOT_ALLOWED', `${caller.name} works with virtual sessions and gets no real token`)
    if (options.ipLocked.includes(grant))
      throw new KeyturnError(
        'NOT_ALLOWED',
        `The org of ${grant} locks sessions to their address: a token used elsewhere would be refused`,
      )
  }

  return [
    apiRoute({
      method: 'GET',
      path: '/grants',
      id: 'listGrants',
      summary: 'Grants that this caller may use',
      answer: z.object({ grants: z.array(grantShape) }),
      run: async ({ caller }) => {
        const found = await keyturn.grants.list({
          altered: ({ code, data }) =>
            log.error('a grant was altered outside of Keyturn and is left out', { code, ...data }),
        })
        return { grants: found.filter(({ name }) => mayUse(caller, name)).map(grantTold) }
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/grants/{name}',
      id: 'showGrant',
      summary: 'State of one grant',
      params: named,
      answer: grantShape,
      run: async ({ caller, params: { name } }) => {
        if (!mayUse(caller, name)) throw refused(name)
        return grantTold(await keyturn.grants.show(name))
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/grants/{name}/token',
      id: 'token',
      summary: 'A living access token (callers with real tokens only)',
      params: named,
      answer: tokenShape,
      run: async ({ caller, params: { name }, request, reply }) => {
        checkReal(caller, name)
        const token = await tokens.token(name)
        noteNetwork(context, name, context.addressOf(request))
        callers.used(caller, name, 'api')
        void reply.header('cache-control', 'no-store')
        return tokenTold(token)
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/grants/{name}/rejected',
      id: 'rejected',
      summary: 'Salesforce refused the token of this generation: a living one',
      params: named,
      body: generation,
      answer: tokenShape,
      run: async ({ caller, params: { name }, body, reply }) => {
        checkReal(caller, name)
        const token = await tokens.rejected(name, body.generation)
        callers.used(caller, name, 'api')
        void reply.header('cache-control', 'no-store')
        return tokenTold(token)
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/grants/{name}/worked',
      id: 'worked',
      summary: 'Salesforce took the token of this generation (optional; closes the breaker)',
      params: named,
      body: generation,
      answer: z.object({ noted: z.literal(true) }),
      run: async ({ caller, params: { name }, body }) => {
        checkReal(caller, name)
        tokens.worked(name, body.generation)
        return { noted: true as const }
      },
    }),
  ]
}
