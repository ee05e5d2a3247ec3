/** The callers' side of the seam: identity and policy from the store, uses counted, alarms told. */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import type { Callers } from '../caller.ts'
import type { Log } from '../log.ts'
import { formerFace } from '../../usage/uses.ts'
import type { Uses } from '../../usage/uses.ts'
import { authenticate, claimFits } from './authenticate.ts'
import type { Judging } from './authenticate.ts'
import { callerKeys } from './caller-keys.ts'
import type { StoredCaller } from './caller-record.ts'
import { openDirectory } from './directory.ts'
import type { Directory } from './directory.ts'
import { rates } from './rate.ts'
import { usedAssertions } from './used-assertions.ts'

interface CallersOptions {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly log: Log
  readonly uses: Uses
  /** How long a store that does not answer is bridged, ms. */
  readonly staleMax: number
  readonly staleAfter?: number
  /** Told once a minute and caller at most. */
  readonly onAlarm?: (caller: string, why: string) => void
}

const ALARM_EVERY_MS = 60_000
const none = new Secret('')

export const openCallers = ({
  keyturn: { store },
  clock,
  log,
  uses,
  staleMax,
  staleAfter = 200,
  onAlarm = () => undefined,
}: CallersOptions): Callers => {
  const directory = openDirectory({ store, clock, log, staleAfter, staleMax })
  const alarmed = new Map<string, number>()

  const alarm = ({ id, doc }: StoredCaller, why: string): void => {
    const now = clock.boot()
    const last = alarmed.get(id)
    if (last !== undefined && now - last < ALARM_EVERY_MS) return
    alarmed.set(id, now)
    log.warn(`an old refresh token of ${doc.name} was shown ${why}`, { caller: id, alarm: 'old-token-used' })
    onAlarm(id, why)
    store.note('old-token-used', null, { caller: id, name: doc.name, why }).catch((error: unknown) => {
      log.error('an alarm could not be entered in the ledger', {
        code: error instanceof KeyturnError ? error.code : '',
      })
    })
  }

  const judging: Judging = {
    keys: callerKeys((purpose) => store.deriveKey(purpose)),
    store,
    clock,
    rates: rates(clock),
    alarm,
    former: ({ id, doc }) => uses.count(id, doc.grants[0] ?? '', formerFace),
  }
  const used = usedAssertions(store, clock)
  /** A no that the store could turn into a yes is none: a client would throw its good token away. */
  const unlessStale = ({ stale }: Directory): null => {
    if (stale) throw new KeyturnError('STORE_UNAVAILABLE', 'Who this is can’t be told while the store does not answer')
    return null
  }
  const alive = (found: StoredCaller | null): StoredCaller | null =>
    found === null || (found.doc.expiresAt !== null && clock.wall() >= found.doc.expiresAt) ? null : found

  return {
    authenticate: async (presented, from) => {
      const asked = directory.current()
      const current = 'then' in asked ? await asked : asked
      const caller = authenticate(judging, current, presented, from, none)
      if (caller === null) return unlessStale(current)
      if (presented.kind !== 'assertion') return caller
      return (await used.use(presented.assertion, caller.id)) ? caller : null
    },
    pace: (caller) => judging.rates.wait(caller),
    byId: async (id) => {
      const asked = directory.current()
      const current = 'then' in asked ? await asked : asked
      return alive(current.byId(id))?.caller ?? unlessStale(current)
    },
    issueRefreshToken: async (callerId, grant) => {
      const found = alive((await directory.current()).byId(callerId))
      if (found === null) throw new KeyturnError('CALLER_NOT_FOUND', `There is no caller ${callerId}`)
      const { doc, ranges } = found
      const bound = !ranges.empty || doc.certificates.length > 0 || doc.sockets.length > 0
      if (!doc.grants.includes(grant) || doc.expiresAt === null || !bound) {
        throw new KeyturnError('NOT_ALLOWED', `${doc.name} gets no stable refresh token for ${grant}`, {
          fix: 'A stable refresh token needs an end of life (--expires) and a source range, a certificate or a socket.',
        })
      }
      return judging.keys.refreshToken({ caller: callerId, grant, epoch: doc.refreshEpoch })
    },
    grantOfRefreshToken: async (caller, token) => {
      const asked = directory.current()
      const current = 'then' in asked ? await asked : asked
      const claim = judging.keys.readRefreshToken(token)
      const found = alive(current.byId(caller.id))
      if (found === null) return null
      const now = clock.wall()
      if (claim !== null) return claim.caller === caller.id && claimFits(found, claim, now) ? claim.grant : null
      const { takeOver } = found.doc
      return takeOver !== null && takeOver.lineage === store.lineageOf(token) && now < takeOver.until
        ? takeOver.grant
        : null
    },
    used: (caller, grant, face) => uses.count(caller.id, grant, face),
  }
}
