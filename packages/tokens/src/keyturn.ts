/**
 * `openKeyturn`: a store, this host's journal and the protocol, wired to the public contract.
 */
import { randomUUID } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { hostname } from 'node:os'
import { systemClock, type Clock } from './clock.ts'
import type { KeyturnEvent, Keyturn, Limits, OpenOptions } from './contract.ts'
import { cachedFields } from './fields/cached-fields.ts'
import { grantCommands } from './grants/commands.ts'
import { viewOf } from './grants/view.ts'
import { thisHolder } from './holder.ts'
import { journalKeyOf, type JournalKey } from './journal/frame.ts'
import { openJournal, type Journal } from './journal/journal.ts'
import type { Holder } from './protocol/state.ts'
import type { Runtime } from './runtime.ts'
import { secret } from './secret.ts'
import { anyAwaitsUs, rollForward } from './spend/roll-forward.ts'
import { catchUp } from './spend/shared-turn.ts'
import { journalFolderOf, stateFolderOf } from './state-folder.ts'
import { resolveMasterKey } from './store/master-key.ts'
import { openStore } from './store/open.ts'
import { resolveReference } from './store/reference.ts'
import type { Store } from './store/store.ts'
import { sweepEvery } from './sweep-timer.ts'
import { sweep } from './sweep.ts'
import { apiFetch } from './token/api-fetch.ts'
import { serveTokens, type TokenCache } from './token/serve.ts'
import { lazyNetwork } from './wire/network.ts'

export const defaultLimits: Limits = {
  connect: 10_000,
  wait: 20_000,
  send: 10_000,
  doubt: 4_000,
  read: 600_000,
  stale: 200,
}

/** How exact "this host was last seen" is. */
const SEEN_EVERY_MS = 60_000

/** State changes, for whoever maps them to metrics and traces: messages are `KeyturnEvent`s. */
export const eventChannel = channel('keyturn:event')

/** The parts of an open Keyturn that touch the world: what a crash test wraps. */
export interface Parts {
  readonly store: Store
  readonly journal: Journal
  readonly journalFolder: string
  readonly journalKey: JournalKey
  readonly holder: Holder
}

/** Opens (and for SQLite makes) a store. Throws STORE_*, KEY_*, CONFIG_INVALID. */
export const openKeyturn = async (options: OpenOptions): Promise<Keyturn> => assemble(await openParts(options), options)

export const openParts = async (options: OpenOptions): Promise<Parts> => {
  const clock = options.clock ?? systemClock
  const env = options.env ?? process.env
  const masterKey = await resolveMasterKey(options.masterKey, env, options.resolvers)
  const stateFolder = options.stateFolder ?? stateFolderOf(options.store, env)
  const holder = await thisHolder(stateFolder)
  const store = await openStore(options.store, {
    clock,
    masterKey,
    holder,
    force: options.forceNetworkFileSystem ?? false,
    migrate: options.migrate ?? false,
    resolvers: options.resolvers,
  })
  try {
    const journalFolder = journalFolderOf(stateFolder, store.id)
    const journalKey = journalKeyOf(store.deriveKey('journal'), 'store-1')
    const journal = await openJournal({ folder: journalFolder, storeId: store.id, key: journalKey, holder, clock })
    return { store, journal, journalFolder, journalKey, holder }
  } catch (error) {
    await store.close()
    throw error
  }
}

export const assemble = async (parts: Parts, options: OpenOptions): Promise<Keyturn> => {
  const { store, journal } = parts
  const clock = options.clock ?? systemClock
  const limits = { ...defaultLimits, ...options.limits }
  const env = options.env ?? process.env
  const closing = new AbortController()
  const { emit, on } = eventHub(clock)
  const cache: TokenCache = new Map()
  const rt: Runtime = {
    ...parts,
    clock,
    limits,
    net: lazyNetwork({ clock, env, caFile: options.caFile, connectTimeout: limits.connect }),
    allowHosts: options.allowHosts ?? [],
    newId: options.newId ?? randomUUID,
    emit: (grant, notices) => {
      // Others see a change within `limits.stale`; this process made it and sees it at once.
      cache.delete(grant.name)
      emit(grant, notices)
    },
    companions: options.companions ?? [],
    background: new Set(),
    closing: closing.signal,
    resolve: async (input) =>
      typeof input === 'object' && 'reference' in input
        ? resolveReference(input.reference, env, options.resolvers)
        : secret(input),
    secretOf: async (grant, name) => {
      const reference = grant.settings.references[name]
      return reference === undefined
        ? store.secret(grant.id, name)
        : resolveReference(reference, env, options.resolvers)
    },
  }
  const shut = async (): Promise<void> => {
    closing.abort()
    rt.net.close()
    try {
      await journal.close()
    } finally {
      await store.close()
    }
  }
  try {
    await rollForward(rt, { restored: await wentBack(rt) })
    await catchUp(store, rt.companions, rt.newId)
  } catch (error) {
    await shut()
    throw error
  }
  const tokens = serveTokens(rt, cache)
  const fields = cachedFields(clock)
  const clean = () => sweep(rt, tokens, options.lostHostAfter ?? null)
  const stopSweeping = sweepEvery(options.sweepEvery, clean)
  const close = async (): Promise<void> => {
    stopSweeping()
    // An exchange in flight is worth waiting for: its answer is heard or its doubt is recorded.
    const patience = new AbortController()
    await Promise.race([Promise.allSettled([...rt.background]), clock.sleep(limits.wait, patience.signal)])
    patience.abort()
    // What still listens is cut off, and says that nothing more will be heard.
    closing.abort()
    await Promise.allSettled([...rt.background])
    await shut()
  }
  let closed: Promise<void> | null = null
  return {
    grants: grantCommands(rt, tokens, rt.allowHosts),
    token: tokens.token,
    rejected: tokens.rejected,
    worked: tokens.worked,
    fetch: (name, path, init) => apiFetch(rt, tokens, name, path, init),
    fields: async (name, object, required = {}) => {
      const { generation, userId: user } = await tokens.token(name)
      return fields((path) => apiFetch(rt, tokens, name, path), { name, object, generation, user, required })
    },
    on,
    sweep: clean,
    store,
    close: () => (closed ??= close()),
  }
}

/** Somebody's alarm that fails must not cost the exchange it was to tell of. */
const tell = (listener: (event: KeyturnEvent) => void, event: KeyturnEvent): void => {
  try {
    listener(event)
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error
    process.emitWarning(`A listener of '${event.type}' threw (${name}); Keyturn goes on`, { code: 'KEYTURN_LISTENER' })
  }
}

const eventHub = (clock: Clock): { readonly emit: Runtime['emit']; readonly on: Keyturn['on'] } => {
  const listeners = new Map<string, Set<(event: KeyturnEvent) => void>>()
  return {
    emit: (grant, notices) => {
      for (const type of notices) {
        const event: KeyturnEvent = {
          type,
          grant: grant.name,
          generation: grant.state.generation,
          at: clock.wall(),
          why: viewOf(grant).why,
        }
        eventChannel.publish(event)
        for (const key of [type, '*']) for (const listener of listeners.get(key) ?? []) tell(listener, event)
      }
    },
    on: (type, listener) => {
      const set = listeners.get(type) ?? new Set()
      listeners.set(type, set.add(listener))
      return () => void set.delete(listener)
    },
  }
}

/**
 * Rule 12: a store that doesn't hold what this host knows it held is an older copy of itself. True when this host has
 * yet to tell what it knows, whoever noticed.
 */
const wentBack = async (rt: Runtime): Promise<boolean> => {
  const known = rt.journal.highestMark()
  if (known !== null && known.seq > 0 && !(await rt.store.contains(known))) {
    await rt.store.wentBack(`this host knows ledger entry ${known.seq} and the store does not hold it`)
  }
  const self = (await rt.store.hosts()).find(({ host }) => host === rt.holder.host)
  // A durable write per start would be the dearest part of `keyturn token`.
  if (self === undefined || (await rt.store.now()) - self.seenAt > SEEN_EVERY_MS)
    await rt.store.greet(rt.holder.host, false, hostname())
  const { epoch } = await rt.store.mark()
  if (epoch > (self?.confirmedEpoch ?? 0)) return true
  // Confirmed, and a link of the lost time line turned up on another host since: look again.
  return epoch > 1 && (await anyAwaitsUs(rt))
}
