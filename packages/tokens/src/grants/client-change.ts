/**
 * A grant whose client (consumer key, secret, JWT key) is being changed. The platform takes up to ten minutes to agree
 * with itself, so for a while both are kept: machine flows try the new one first and the former one second; a refresh
 * token goes back to the former one when the new one is refused as a client. `settle` ends it, either way.
 */
import type { ClientChange } from '../contract.ts'
import { KeyturnError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { secret } from '../secret.ts'
import type { Secret } from '../secret.ts'
import { clientSecretNames, swapped } from '../spend/swap-client.ts'
import type { StoredGrant } from '../store/store.ts'

const formerNames = clientSecretNames.map((name) => `former:${name}`)

export const changeClient = async (rt: Runtime, grant: StoredGrant, change: ClientChange): Promise<StoredGrant> => {
  const { settings } = grant
  const clientId = change.clientId ?? settings.clientId
  const secrets: Record<string, Secret> = {}
  const forget: string[] = []
  const references: Record<string, string> = { ...settings.references }
  let news = clientId !== settings.clientId
  for (const name of clientSecretNames) {
    const old = await rt.store.secret(grant.id, name)
    const oldReference = settings.references[name]
    if (old === null) forget.push(`former:${name}`)
    else secrets[`former:${name}`] = old
    if (oldReference !== undefined) references[`former:${name}`] = oldReference
    const input = change[name]
    if (input === undefined) continue
    if (typeof input === 'object' && 'reference' in input) {
      news ||= input.reference !== oldReference
      references[name] = input.reference
      if (old !== null) forget.push(name)
    } else {
      const given = secret(input)
      news ||= old === null || rt.store.lineageOf(old) !== rt.store.lineageOf(given)
      delete references[name]
      secrets[name] = given
    }
  }
  // Said again, by who was killed after it was done.
  if (!news) return grant
  if (settings.former != null) {
    throw new KeyturnError('CLIENT_CHANGE_RUNNING', `An earlier change of the client of ${grant.name} isn’t settled`, {
      data: { grant: grant.name },
    })
  }
  const former = { clientId: settings.clientId, swapped: false }
  const next = { ...settings, clientId, references, former }
  return rt.store.change(
    grant.id,
    'client-changed',
    { settings: next, secrets, forget },
    (now) => now.settings.former == null,
  )
}

/** The other client is forgotten, with its secrets. Nothing happens where nothing was changed. */
export const settleClient = async (rt: Runtime, grant: StoredGrant, keep: 'new' | 'old'): Promise<StoredGrant> => {
  const { former } = grant.settings
  if (former == null) return grant
  const stays = (keep === 'new') !== former.swapped
  const turned = stays ? null : await swapped(rt, grant, false)
  const settings = { ...(turned?.settings ?? grant.settings), former: null }
  const references = Object.fromEntries(
    Object.entries(settings.references).filter(([name]) => !formerNames.includes(name)),
  )
  const secrets = Object.fromEntries(
    Object.entries(turned?.secrets ?? {}).filter(([name]) => !formerNames.includes(name)),
  )
  const forget = [...(turned?.forget ?? []), ...formerNames]
  const change = { settings: { ...settings, references }, secrets, forget }
  return rt.store.change(grant.id, 'client-settled', change, (now) => now.settings.former?.swapped === former.swapped)
}
