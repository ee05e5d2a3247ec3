/**
 * `openKeyturn`: a store, this host's journal and the protocol, wired to the public contract.
 */
import { randomUUID } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { join } from 'node:path'
import { systemClock } from './clock.ts'
import type { KeyturnEvent, Keyturn, Limits, OpenOptions } from './contract.ts'
import { KeyturnError } from './errors.ts'
import { loadFields } from './fields/fields.ts'
import { grantCommands } from './grants/commands.ts'
import { viewOf } from './grants/view.ts'
import { stateFolderOf, thisHolder } from './holder.ts'
import { openJournal } from './journal/journal.ts'
import type { Notice } from './protocol/event.ts'
import type { Runtime } from './runtime.ts'
import { rollForward } from './spend/roll-forward.ts'
import { readMasterKey } from './store/master-key.ts'
import { openStore } from './store/open.ts'
import { resolveReference } from './store/reference.ts'
import type { StoredGrant } from './store/store.ts'
import { sweep } from './sweep.ts'
import { apiFetch } from './token/api-fetch.ts'
import { serveTokens } from './token/serve.ts'
import { networkFrom } from './wire/network.ts'

export const defaultLimits: Limits = { connect: 10_000, wait: 20_000, send: 10_000, read: 600_000, stale: 200 }

/** State changes, for whoever maps them to metrics and traces: messages are `KeyturnEvent`s. */
export const eventChannel = channel('keyturn:event')

/** Opens (and for SQLite makes) a store. Throws STORE_*, KEY_*, CONFIG_INVALID. */
export const openKeyturn = async (options: OpenOptions): Promise<Keyturn> => {
  const clock = options.clock ?? systemClock
  const limits = { ...defaultLimits, ...options.limits }
  const env = options.env ?? process.env
  const masterKey = await readMasterKey(options.masterKey, env)
  const stateFolder = options.stateFolder ?? stateFolderOf(options.store, env)
  const holder = await thisHolder(stateFolder)
  const store = await openStore(options.store, {
    clock,
    masterKey,
    holder,
    force: options.forceNetworkFileSystem ?? false,
    migrate: options.migrate ?? false,
  })
  const closing = new AbortController()
  const listeners = new Map<string, Set<(event: KeyturnEvent) => void>>()
  const emit = (grant: StoredGrant, notices: readonly Notice[]): void => {
    for (const type of notices) {
      const event: KeyturnEvent = { type, grant: grant.name, generation: grant.state.generation, at: clock.wall(), why: viewOf(grant).why }
      eventChannel.publish(event)
      for (const key of [type, '*']) for (const listener of listeners.get(key) ?? []) listener(event)
    }
  }
  try {
    const journalFolder = join(stateFolder, 'journal')
    const journalKey = store.deriveKey('journal')
    const journal = await openJournal({ folder: journalFolder, storeId: store.id, key: journalKey, holder, clock })
    const rt: Runtime = {
      store,
      journal,
      journalFolder,
      journalKey,
      holder,
      clock,
      limits,
      net: networkFrom({ env, ...(options.caFile === undefined ? {} : { caFile: options.caFile }) }),
      newId: options.newId ?? randomUUID,
      emit,
      background: new Set(),
      closing: closing.signal,
      secretOf: async (grant, name) => {
        const reference = grant.settings.references[name]
        return reference === undefined ? store.secret(grant.id, name) : resolveReference(reference, env)
      },
    }
    await sameTimeLine(rt)
    await rollForward(rt)
    const tokens = serveTokens(rt)
    const timer = sweeping(rt, options, () => sweep(rt, tokens, options.lostHostAfter ?? null))
    let closed: Promise<void> | null = null
    const close = async (): Promise<void> => {
      clearInterval(timer)
      // An exchange in flight is worth waiting for: its answer is heard or its doubt is recorded.
      const patience = new AbortController()
      await Promise.race([Promise.allSettled([...rt.background]), clock.sleep(limits.wait, patience.signal)])
      patience.abort()
      closing.abort()
      await journal.close()
      await store.close()
    }
    return {
      grants: grantCommands(rt, options.allowHosts ?? []),
      token: tokens.token,
      rejected: tokens.rejected,
      worked: tokens.worked,
      fetch: (name, path, init) => apiFetch(rt, tokens, name, path, init),
      fields: (name, object) => loadFields((path) => apiFetch(rt, tokens, name, path), object),
      on: (type, listener) => {
        const set = listeners.get(type) ?? new Set()
        listeners.set(type, set.add(listener))
        return () => void set.delete(listener)
      },
      sweep: () => sweep(rt, tokens, options.lostHostAfter ?? null),
      store,
      close: () => (closed ??= close()),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Rule 12: a store that doesn't hold what this host knows it held is an older copy of itself. */
const sameTimeLine = async (rt: Runtime): Promise<void> => {
  const known = rt.journal.highestMark()
  await rt.store.greet(rt.holder.host, false)
  if (known === null || known.seq === 0) return
  if (!(await rt.store.contains(known))) await rt.store.wentBack(`this host knows ledger entry ${known.seq}, the store doesn't`)
}

const sweeping = (rt: Runtime, options: OpenOptions, run: () => Promise<unknown>): NodeJS.Timeout | undefined => {
  if (options.sweepEvery === undefined) return undefined
  if (!(options.sweepEvery >= 1000)) throw new KeyturnError('BAD_ARGUMENT', 'sweepEvery is at least 1000 ms')
  let running = false
  const timer = setInterval(() => {
    if (running || rt.closing.aborted) return
    running = true
    void run()
      .catch(() => undefined)
      .finally(() => (running = false))
  }, options.sweepEvery)
  timer.unref()
  return timer
}
