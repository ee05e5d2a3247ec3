/**
 * The hot path: a living token from memory, a change by anybody seen within `limits.stale`; and reports of tokens that
 * the API refused.
 */
import { KeyturnError } from '../errors.ts'
import type { Token } from '../contract.ts'
import type { Runtime } from '../runtime.ts'
import { explain } from '../spend/explain.ts'
import { obtain } from '../spend/obtain.ts'
import type { StoredGrant } from '../store/store.ts'
import { freshness, refreshAt } from './freshness.ts'
import { probe } from './probe.ts'

/** What was handed out last, by the grant's name. Whoever commits a change forgets it there. */
export type TokenCache = Map<string, Cached>

interface Cached {
  readonly token: Token
  readonly grantId: string
  version: number | string
  checkedAt: number
  worked: boolean
  /** When to think of its successor, epoch ms. */
  refreshAt: number
}

/** An endpoint that can't be reached ahead of time is not asked at every call. */
const AHEAD_PAUSE_MS = 30_000

export interface TokenServer {
  token(name: string): Promise<Token>
  rejected(name: string, generation: number): Promise<Token>
  worked(name: string, generation: number): void
  /** Obtains a living token newer than `refused`, once for everybody in this process. */
  renew(name: string, refused: number): Promise<Token>
}

export const serveTokens = (rt: Runtime, cache: TokenCache): TokenServer => {
  const renewing = new Map<string, { readonly refused: number; readonly token: Promise<Token> }>()
  const reporting = new Map<string, Promise<StoredGrant>>()

  /** Row and token of one moment: read apart, a token could get its successor's generation. */
  const remember = async (grantId: string, version: number | string): Promise<Token> => {
    const read = await rt.store.snapshot(grantId, ['accessToken'])
    const accessToken = read?.secrets.accessToken
    if (read === null || accessToken === undefined || read.grant.access === null) {
      throw new KeyturnError('DEFECT', `Grant ${read?.grant.name ?? grantId} is alive without an access token`)
    }
    const { name, state, access, identity } = read.grant
    const token: Token = Object.freeze({
      accessToken: accessToken.reveal(),
      instanceUrl: access.instanceUrl,
      generation: state.generation,
      issuedAt: access.issuedAt,
      userId: identity?.userId ?? null,
      orgId: identity?.orgId ?? null,
      source: state.source ?? 'refresh',
    })
    cache.set(name, {
      token,
      grantId,
      version,
      checkedAt: rt.clock.boot(),
      worked: state.proven,
      refreshAt: refreshAt(read.grant),
    })
    return token
  }

  /** Reads the store. Null: no living token. The version is read first, so that a later change is never missed. */
  const fresh = async (name: string): Promise<Token | null> => {
    const version = await rt.store.version()
    const grant = await rt.store.grant(name)
    if (grant === null) {
      cache.delete(name)
      throw new KeyturnError('GRANT_NOT_FOUND', `There is no grant named ${name} in this store`, {
        data: { grant: name },
      })
    }
    if (grant.state.access !== 'alive') return null
    const known = cache.get(name)
    const same = known?.token.generation === grant.state.generation && known.grantId === grant.id ? known : null
    if (same === null) {
      const token = await remember(grant.id, version)
      aheadOfTime(grant)
      return token
    }
    same.version = version
    same.checkedAt = rt.clock.boot()
    same.refreshAt = refreshAt(grant)
    aheadOfTime(grant)
    return same.token
  }

  /** Rule 9: refresh while the token still lives, so that a doubt has cover. Nobody waits for it. */
  const aheadOfTime = (grant: StoredGrant): void => {
    const due = freshness(grant, rt.clock.wall())
    if (due !== 'refresh-ahead' || renewing.has(grant.name) || grant.state.spend !== null) return
    const known = cache.get(grant.name)
    if (known !== undefined) known.refreshAt = rt.clock.wall() + AHEAD_PAUSE_MS
    renew(grant.name, grant.state.generation).catch(() => undefined)
  }

  const renew = (name: string, refused: number, reported = false): Promise<Token> => {
    const running = renewing.get(name)
    // Who asks for something newer than what is being fetched gets a fetch of its own afterwards.
    if (running !== undefined && running.refused >= refused) return running.token
    const token = (running?.token.catch(() => undefined) ?? Promise.resolve())
      .then(() => obtain(rt, name, refused, reported))
      .then(async (grant) => remember(grant.id, await rt.store.version()))
      .finally(() => {
        if (renewing.get(name)?.token === token) renewing.delete(name)
      })
    renewing.set(name, { refused, token })
    return token
  }

  /** Hundreds of callers meet the same 401 at once: one look at the token is enough for all of them. */
  const reportOnce = (grant: StoredGrant, generation: number): Promise<StoredGrant> => {
    const key = `${grant.id}/${generation}`
    const running = reporting.get(key) ?? report(rt, grant, generation).finally(() => reporting.delete(key))
    reporting.set(key, running)
    return running
  }

  return {
    async token(name) {
      const known = cache.get(name)
      if (known !== undefined) {
        const now = rt.clock.boot()
        if (now - known.checkedAt < rt.limits.stale) return known.token
        const version = rt.store.version()
        const unchanged = (typeof version === 'object' ? await version : version) === known.version
        if (unchanged && rt.clock.wall() < known.refreshAt) {
          known.checkedAt = now
          return known.token
        }
      }
      return (await fresh(name)) ?? renew(name, 0)
    },

    async rejected(name, generation) {
      const grant = await rt.store.grant(name)
      if (grant === null) throw new KeyturnError('GRANT_NOT_FOUND', `There is no grant named ${name} in this store`)
      const { state } = grant
      if (state.generation > generation && state.access === 'alive')
        return (await fresh(name)) ?? renew(name, generation)
      if (state.generation === generation && state.access === 'alive') {
        // Of age: nothing to look at twice, and the claim takes the report along.
        if ((await rt.store.now()) - state.mintedAt >= grant.settings.policy.breakerWindow) {
          const token = await renew(name, generation, true)
          await learn(rt, grant)
          return token
        }
        const reported = await reportOnce(grant, generation)
        // The API takes this token: whatever was refused, a new token would not help.
        if (reported.state.access === 'alive') return remember(reported.id, await rt.store.version())
        if (reported.state.breaker.retryAt !== null && reported.state.breaker.retryAt > (await rt.store.now())) {
          throw explain(reported, await rt.store.now(), 'breaker')
        }
      }
      return renew(name, Math.min(generation, state.generation))
    },

    worked(name, generation) {
      const known = cache.get(name)
      if (known === undefined || known.worked || known.token.generation !== generation) return
      known.worked = true
      const noted = rt.store
        .apply(known.grantId, { type: 'worked', generation })
        .then((applied) => (applied.applied ? rt.emit(applied.grant, applied.notices) : undefined))
        .catch(() => undefined)
      rt.background.add(noted)
      void noted.finally(() => rt.background.delete(noted))
    },

    renew,
  }
}

/** Records the refusal of a young token once a probe with that very token showed what it is worth. */
const report = async (rt: Runtime, grant: StoredGrant, generation: number): Promise<StoredGrant> => {
  const seen = await probe(rt, grant)
  const reported = await rt.store.apply(grant.id, { type: 'rejected', generation, probe: seen })
  if (reported.applied) rt.emit(reported.grant, reported.notices)
  return reported.grant
}

/** The youngest age at which a token that had worked was found dead bounds the session's life from above. */
const learn = async (rt: Runtime, grant: StoredGrant): Promise<void> => {
  const age = rt.clock.wall() - (grant.access?.issuedAt ?? rt.clock.wall())
  const { observedLife } = grant.learned
  if (!grant.state.proven || age <= 0 || (observedLife !== null && observedLife <= age)) return
  await rt.store.change(grant.id, 'learned', { learned: { ...grant.learned, observedLife: age } })
}
