/** Asking for a person: the link itself goes to its owner's channels, never into an answer. */
import { KeyturnError } from '@keyturn/tokens'
import * as z from 'zod'
import type { BrokerContext } from '../caller.ts'
import { needsPerson } from '../reauthorise/ask.ts'
import type { Ask } from '../reauthorise/ask.ts'
import { apiRoute } from './api-route.ts'
import type { ApiRoute } from './api-route.ts'

const askedShape = z
  .object({
    grant: z.string(),
    status: z.string().describe('open: its link waits for somebody'),
    made: z.boolean().describe('False: it had been asked for before'),
    by: z.string(),
    expiresAt: z.number().describe('When its link can’t be used any more, epoch milliseconds'),
    told: z.array(z.object({ channel: z.string(), ok: z.boolean() })).describe('Who was told by this call'),
  })
  .meta({ id: 'Reauthorisation' })

export const reauthoriseRoutes = (
  { keyturn }: Pick<BrokerContext, 'keyturn'>,
  { ask }: { readonly ask: Ask },
): readonly ApiRoute[] => [
  apiRoute({
    method: 'POST',
    path: '/grants/{name}/reauthorise',
    id: 'reauthorise',
    summary: 'Ask the owner of a grant to sign in to Salesforce again (a grant that lives: operators only)',
    params: z.strictObject({ name: z.string().min(1).max(200).describe('Name of the grant') }),
    answer: askedShape,
    run: async ({ caller, params: { name } }) => {
      if (!caller.operator && !caller.grants.includes(name))
        throw new KeyturnError('GRANT_NOT_FOUND', `This caller has no grant named ${name.slice(0, 80)}`)
      const grant = await keyturn.grants.show(name)
      if (!caller.operator && !needsPerson(grant))
        throw new KeyturnError('NOT_ALLOWED', `${name} needs nobody now; only operators may have it authorised anew`)
      const { is, made, told } = await ask(grant, `the caller ${caller.name}`, { wanted: true })
      if (is === null) throw new KeyturnError('DEFECT', 'what was asked for was not made')
      const { status, by, expiresAt } = is.doc
      return { grant: name, status, made, by, expiresAt, told: told.map(({ channel, ok }) => ({ channel, ok })) }
    },
  }),
]
