/**
 * The end of a new authorisation (C4): what the earlier one left at Salesforce is revoked, but only once the new token
 * was seen to work, and the new one is looked at again afterwards, since nobody knows of an org whether ending one
 * authorisation of a user and app takes the others along.
 */
import type { FormerEnded, Proof } from '../contract.ts'
import { KeyturnError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredGrant } from '../store/store.ts'
import { apiFetch } from '../token/api-fetch.ts'
import type { TokenServer } from '../token/serve.ts'
import { mayFallTogether } from './may-fall-together.ts'
import { revokeToken } from './revoke.ts'

/** As the probe's: any version shows whether the API takes the token. */
const API = '/services/data/v60.0/'

export const endFormer = async (rt: Runtime, tokens: TokenServer, grant: StoredGrant): Promise<FormerEnded> => {
  const before = await prove(rt, tokens, grant.name)
  const left = await leftovers(rt, grant)
  const none = { before: before.proof, revoked: 0, kept: left.length, after: null, why: before.why }
  if (before.proof !== 'works' || left.length === 0) return none
  // Rule 5: nothing is revoked while another grant of this store could go down with it.
  const others = (await rt.store.grants()).filter((other) => other.id !== grant.id && mayLive(other))
  if (others.some((other) => mayFallTogether(other, grant)))
    return { ...none, why: 'another grant of this store has the same user and app and could be ended as well' }
  let revoked = 0
  let why: string | null = null
  for (const orphan of left) {
    try {
      await revokeToken(rt, grant.settings.loginUrl, await rt.store.orphanSecret(orphan))
      await rt.store.orphanRevoked(orphan)
      revoked += 1
    } catch (error) {
      why = textOf(error)
    }
  }
  const after = await prove(rt, tokens, grant.name)
  return { before: 'works', revoked, kept: left.length - revoked, after: after.proof, why: after.why ?? why }
}

const mayLive = ({ state }: StoredGrant): boolean => state.status !== 'dead' || state.access === 'alive'

/** What is kept of this grant beside its present token. */
const leftovers = async (rt: Runtime, { id }: StoredGrant): Promise<readonly string[]> => {
  const present = (await rt.store.grantById(id))?.state.lineage
  const left: string[] = []
  for (const orphan of await rt.store.orphans()) {
    if (orphan.grantId !== id || orphan.revokedAt !== null) continue
    // A crash between keeping the old token and putting the new one in its place leaves a copy of the present one.
    if (rt.store.lineageOf(await rt.store.orphanSecret(orphan.id)) !== present) left.push(orphan.id)
  }
  return left
}

const prove = async (
  rt: Runtime,
  tokens: TokenServer,
  name: string,
): Promise<{ readonly proof: Proof; readonly why: string | null }> => {
  const over = new AbortController()
  const limit = new AbortController()
  void rt.clock.sleep(rt.limits.wait, over.signal).then(() => limit.abort())
  try {
    const { status } = await apiFetch(rt, tokens, name, API, { signal: limit.signal })
    if (status < 400) return { proof: 'works', why: null }
    const why = `the API answered HTTP ${status}`
    return { proof: status < 500 && status !== 429 ? 'refused' : 'unknown', why }
  } catch (error) {
    const definite = error instanceof KeyturnError && (error.kind === 'denied' || error.code === 'IDENTITY_CHANGED')
    return { proof: definite ? 'refused' : 'unknown', why: textOf(error) }
  } finally {
    over.abort()
  }
}

const textOf = (error: unknown): string => (error instanceof KeyturnError ? error.message : 'there was no answer')
