/** Callers: everybody sees itself; operators see and manage all of them and read who uses what. */
import * as z from 'zod'
import type { BrokerContext } from '../caller.ts'
import { readPublicKey } from '../callers/assertion.ts'
import type { CallerChanges, ManageCallers } from '../callers/manage-callers.ts'
import { readUses } from '../../usage/uses.ts'
import { apiRoute } from './api-route.ts'
import type { ApiRoute } from './api-route.ts'
import { callerChangesShape, callerShape, issuedShape, newCallerShape, useShape } from './shapes.ts'
import { callerTold, issuedTold } from './told.ts'

const byName = z.strictObject({ caller: z.string().min(1).max(64).describe('Name or id') })

export const callerRoutes = ({ keyturn }: BrokerContext, manage: ManageCallers): readonly ApiRoute[] => [
  apiRoute({
    method: 'GET',
    path: '/callers/self',
    id: 'self',
    summary: 'Who this broker thinks you are',
    answer: callerShape,
    run: async ({ caller }) => callerTold(await manage.find(caller.id)),
  }),
  apiRoute({
    method: 'GET',
    path: '/callers',
    id: 'listCallers',
    summary: 'All callers',
    operatorOnly: true,
    answer: z.object({ callers: z.array(callerShape) }),
    run: async () => ({ callers: (await manage.list()).map(callerTold) }),
  }),
  apiRoute({
    method: 'POST',
    path: '/callers',
    id: 'addCaller',
    summary: 'A new caller; its secrets are in this answer and nowhere else',
    operatorOnly: true,
    body: newCallerShape,
    answer: issuedShape,
    run: async ({ body, reply }) => {
      void reply.header('cache-control', 'no-store')
      const { paths, ranges, anyAddress, perMinute, expiresAt, realTokens, operator, virtualUser } = body
      const { certificates, sockets, publicKey, audiences } = body
      return issuedTold(
        await manage.add({
          name: body.name,
          grants: body.grants,
          faces: body.faces,
          paths: paths ?? null,
          ranges: ranges ?? [],
          anyAddress: anyAddress ?? false,
          perMinute: perMinute ?? null,
          expiresAt: expiresAt ?? null,
          realTokens: realTokens ?? false,
          operator: operator ?? false,
          virtualUser: virtualUser ?? null,
          certificates: certificates ?? [],
          sockets: sockets ?? [],
          publicKey: publicKey === undefined ? null : readPublicKey(publicKey),
          audiences: audiences ?? [],
        }),
      )
    },
  }),
  apiRoute({
    method: 'POST',
    path: '/callers/{caller}/rotate',
    id: 'rotateCaller',
    summary: 'New secrets; the old ones are good for the overlap',
    operatorOnly: true,
    params: byName,
    body: z.strictObject({
      overlap: z
        .number()
        .int()
        .nonnegative()
        .max(90 * 86_400_000)
        .default(86_400_000)
        .describe('Milliseconds'),
      endSessions: z.boolean().optional().describe('End its virtual sessions; default: only when there is no overlap'),
    }),
    answer: issuedShape,
    run: async ({ params, body, reply }) => {
      void reply.header('cache-control', 'no-store')
      return issuedTold(await manage.rotate(params.caller, body.overlap, body.endSessions))
    },
  }),
  apiRoute({
    method: 'PATCH',
    path: '/callers/{caller}',
    id: 'setCaller',
    summary: 'Another policy: what is named is replaced as a whole',
    operatorOnly: true,
    params: byName,
    body: callerChangesShape,
    answer: z.object({ caller: callerShape, changed: z.array(z.string()), warnings: z.array(z.string()) }),
    run: async ({ params, body }) => {
      const { caller, changed, warnings } = await manage.set(params.caller, body as CallerChanges)
      return { caller: callerTold(caller), changed: [...changed], warnings: [...warnings] }
    },
  }),
  apiRoute({
    method: 'DELETE',
    path: '/callers/{caller}',
    id: 'removeCaller',
    summary: 'Ends a caller at once',
    operatorOnly: true,
    params: byName,
    answer: z.object({ id: z.string(), removed: z.literal(true) }),
    run: async ({ params }) => ({ id: (await manage.remove(params.caller)).id, removed: true as const }),
  }),
  apiRoute({
    method: 'GET',
    path: '/uses',
    id: 'uses',
    summary: 'Who uses which grant: sums since a day. What was counted in the last minute may be missing',
    operatorOnly: true,
    query: z.strictObject({
      since: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2026-01-31')
        .optional(),
      grant: z.string().optional(),
    }),
    answer: z.object({ uses: z.array(useShape) }),
    run: async ({ query: { since, grant } }) => ({
      uses: (await readUses(keyturn.store, since)).filter((use) => grant === undefined || use.grant === grant),
    }),
  }),
]
