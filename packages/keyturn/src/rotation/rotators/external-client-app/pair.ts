/** What every step of the rotation works with: whose pair it is, the new one, whether it is taken, and whose grants use it. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { OrgConnection } from '../../../org/connection.ts'
import { tryPair } from '../../../org/try-pair.ts'
import type { Pair, Tried } from '../../../org/try-pair.ts'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { findPlace } from './consumers.ts'
import type { Place } from './consumers.ts'
import type { ExternalClientAppSettings } from './settings.ts'

export type Step = RotationStep<ExternalClientAppSettings>
export type Context = StepContext<ExternalClientAppSettings>

/** What lets consumers be seen and changed by REST. */
export const switches = ['consumer-secrets-by-rest'] as const

export const orgOf = ({ ports, settings }: Pick<Context, 'ports' | 'settings'>): OrgConnection =>
  ports.org(settings.org)

/** As it was when the run began: the key changes under way. */
export const placeOf = async (context: Context): Promise<Place> => {
  const { app, consumer, key } = context.data
  if (typeof app === 'string' && typeof consumer === 'string' && typeof key === 'string') return { app, consumer, key }
  const place = await findPlace(orgOf(context), context.settings.app, context.settings.consumer)
  await context.keep({ data: { ...place } })
  return place
}

export const newPair = async (context: Context): Promise<Pair> => {
  const { key } = context.to.data
  const secret = await context.secret(context.to, 'consumerSecret')
  if (typeof key !== 'string' || secret === null) throw new KeyturnError('DEFECT', 'the new pair is not in the store')
  return { key, secret }
}

const loginUrlOf = async (context: Context): Promise<string> =>
  context.settings.loginUrl ?? (await context.keyturn.token(context.settings.org)).instanceUrl

export const tried = async (context: Context): Promise<Tried> =>
  tryPair(context.ports.network, await loginUrlOf(context), await newPair(context))

/** Grants of this store that sign in with the pair that goes. */
export const ownGrants = async (context: Context, key: string): Promise<readonly GrantView[]> => {
  const { grants } = context.settings
  const all = await context.keyturn.grants.list()
  return all.filter((grant) =>
    grants === undefined ? grant.clientId === key || grant.former?.clientId === key : grants.includes(grant.name),
  )
}
