/**
 * Which of two keys the token endpoint takes now. A change takes up to ten minutes to get around, and meanwhile one
 * login may meet a server that knows and the next one a server that doesn't: only what several logins in a row agree on
 * is steady.
 */
import { randomUUID } from 'node:crypto'
import type { Secret } from '@keyturn/tokens'
import type { StepContext } from '../../rotator.ts'
import { tryKey } from './try-key.ts'
import type { JwtLogin, TriedKey } from './try-key.ts'

/** Logins with each key, at most: enough that half-and-half servers agree by chance in one look of 64. */
const inARow = 3

/** In ten minutes of looks a chance of one in 64 comes about half of the time: so many in a row have to agree. */
export const looksInARow = 4

interface Look {
  readonly wanted: TriedKey
  /** Null: there is no other key to try. */
  readonly otherWorks: boolean | null
  /** All logins with the wanted key worked, all with the other one were refused. */
  readonly steady: boolean
}

export const look = async (
  { ports: { network }, clock }: Pick<StepContext, 'ports' | 'clock'>,
  login: JwtLogin,
  wantedKey: Secret,
  otherKey: Secret | null,
): Promise<Look> => {
  const tried = (key: Secret): Promise<TriedKey> => tryKey({ network, clock, id: randomUUID() }, login, key)
  let wanted: TriedKey = { is: 'works' }
  for (let n = 0; n < inARow && wanted.is === 'works'; n++) wanted = await tried(wantedKey)
  if (otherKey === null) return { wanted, otherWorks: null, steady: wanted.is === 'works' }
  let other: TriedKey = { is: 'refused', why: '' }
  for (let n = 0; n < inARow && other.is === 'refused'; n++) other = await tried(otherKey)
  return { wanted, otherWorks: other.is === 'works', steady: wanted.is === 'works' && other.is === 'refused' }
}
