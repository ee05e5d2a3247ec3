/**
 * A refresh token whose client is being changed: the new client was refused as a client, so the token was not spent
 * (RFC 6749 §5.2: the client is authenticated first), and the former one goes on with it. Once: who refuses both means it.
 */
import type { Runtime } from '../runtime.ts'
import type { Secret } from '../secret.ts'
import type { GrantSettings, StoredGrant } from '../store/store.ts'

/** Salesforce's names for "not this client". */
export const clientErrors: readonly string[] = [
  'invalid_client',
  'invalid_client_id',
  'inactive_client',
  'unauthorized_client',
]

/** Names of the secrets that belong to a client. */
export const clientSecretNames = ['clientSecret', 'privateKey'] as const

interface Swapped {
  readonly settings: GrantSettings
  readonly secrets: Readonly<Record<string, Secret>>
  readonly forget: readonly string[]
}

/** Each client gets the other's place. */
export const swapped = async (
  rt: Pick<Runtime, 'store'>,
  grant: StoredGrant,
  mark: boolean,
): Promise<Swapped | null> => {
  const { settings } = grant
  const { former } = settings
  if (former == null) return null
  const secrets: Record<string, Secret> = {}
  const forget: string[] = []
  const references: Record<string, string> = { ...settings.references }
  for (const name of clientSecretNames) {
    for (const [from, to] of [
      [name, `former:${name}`],
      [`former:${name}`, name],
    ] as const) {
      const secret = await rt.store.secret(grant.id, from)
      if (secret === null) forget.push(to)
      else secrets[to] = secret
      const reference = settings.references[from]
      if (reference === undefined) delete references[to]
      else references[to] = reference
    }
  }
  return {
    settings: {
      ...settings,
      clientId: former.clientId,
      references,
      former: { clientId: settings.clientId, swapped: mark },
    },
    secrets,
    forget,
  }
}

export const swapClient = async (rt: Runtime, grant: StoredGrant): Promise<boolean> => {
  const { state, settings } = grant
  if (settings.former == null || settings.former.swapped || !clientErrors.includes(state.why?.code ?? '')) return false
  const change = await swapped(rt, grant, true)
  if (change === null) return false
  // Two processes may be here: the second finds it swapped.
  await rt.store.change(grant.id, 'client-swapped', change, (now) => now.settings.former?.swapped === false)
  const retried = await rt.store.apply(grant.id, { type: 'retry' })
  if (retried.applied) rt.emit(retried.grant, retried.notices)
  return retried.applied
}
