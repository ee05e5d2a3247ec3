/**
 * Callers are refused a grant while a credential that says so (`onOverdue: block-caller`) is overdue. Read from the store
 * like callers are: again whenever something was committed, and as it was while the store is away. The grant lives on
 * for the sweep, for rotations and for whoever has the store.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { aroundTokens } from './around-tokens.ts'
import { blockedGrants } from '../rotation/schedule/blocked-grants.ts'
import type { BlockedGrant } from '../rotation/schedule/blocked-grants.ts'

const STALE_AFTER_MS = 1_000
const RETRY_SECONDS = 300

type Known = {
  readonly grants: ReadonlyMap<string, BlockedGrant>
  readonly version: number | string
  checkedAt: number
}

export const withOverdue = (keyturn: Keyturn, clock: Clock): Keyturn => {
  const { store } = keyturn
  let known: Known | null = null
  let looking: Promise<Known> | null = null

  const look = async (): Promise<Known> => {
    const version = await store.version()
    if (known?.version === version) known.checkedAt = clock.boot()
    else {
      const grants = new Map((await blockedGrants(store.records)).map((one) => [one.grant, one]))
      known = { grants, version, checkedAt: clock.boot() }
    }
    return known
  }

  const current = async (): Promise<Known | null> => {
    if (known !== null && clock.boot() - known.checkedAt < STALE_AFTER_MS) return known
    looking ??= look().finally(() => {
      looking = null
    })
    try {
      return await looking
    } catch (error) {
      // Whether there is a token without the store is for others to say; what was blocked stays so.
      if (error instanceof KeyturnError && error.code === 'STORE_UNAVAILABLE') return known
      throw error
    }
  }

  const check = async (name: string): Promise<void> => {
    const blocked = (await current())?.grants.get(name)
    if (blocked === undefined) return
    const which = blocked.credentials.join(', ')
    throw new KeyturnError('CREDENTIAL_OVERDUE', `${name} is closed to callers: the rotation of ${which} is overdue`, {
      data: { grant: name, credentials: which, retryAfter: RETRY_SECONDS },
    })
  }

  return aroundTokens(keyturn, async (name, work) => {
    await check(name)
    return work()
  })
}
