/**
 * Who is it? Every kind of proof ends in the same judgement, made of the same comparisons whether the caller exists or
 * not: an unknown one is judged as `nobody`. So neither the answer nor its time tells an outsider which ids, user names
 * or tokens exist, which are expired, and which only come from the wrong place.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Secret, Store } from '@keyturn/tokens'
import type { Caller, From, Presented } from '../caller.ts'
import { isSignedBy, isTimely } from './assertion.ts'
import { nobody } from './caller-record.ts'
import type { CallerDoc, StoredCaller } from './caller-record.ts'
import { withoutSecurityToken } from './caller-keys.ts'
import type { CallerKeys, RefreshClaim } from './caller-keys.ts'
import type { Directory } from './directory.ts'
import { placeFits } from './place-fits.ts'
import type { Rates } from './rate.ts'

export interface Judging {
  readonly keys: CallerKeys
  readonly store: Pick<Store, 'lineageOf'>
  readonly clock: Clock
  readonly rates: Rates
  /** An old real refresh token was shown outside of its take-over window, client or place. */
  readonly alarm: (caller: StoredCaller, why: string) => void
  /** What was valid before the last rotation was shown: its owner hasn't moved on. */
  readonly former: (caller: StoredCaller) => void
}

interface Verdict {
  readonly who: StoredCaller
  readonly proven: boolean
  /** Anybody who holds it can use it: must be bound to a place and a date. */
  readonly bearer: boolean
}

const since = (previous: { hash: string; until: number } | null, now: number): string | null =>
  previous !== null && now < previous.until ? previous.hash : null

/** Without the slash at the end, which clients write or not. */
const plain = (url: string): string => url.replace(/\/+$/, '')

const clientFits = (
  { keys }: Judging,
  { id, doc }: StoredCaller,
  now: number,
  clientId: string | null,
  clientSecret: Secret | null,
  none: Secret,
): boolean => {
  // All comparisons are always made.
  const kept = [doc.secret, since(doc.previousSecret, now), doc.client?.hash ?? null]
  const [current = false, former = false, app = false] = keys.compare(id, clientSecret ?? none, kept)
  const ownFits = (current || former) && clientSecret !== null && (clientId ?? id) === id
  const appFits = app && clientSecret !== null
  if (doc.client === null || clientId !== doc.client.id) return ownFits
  return doc.client.hash === null || appFits
}

const judge = (
  judging: Judging,
  directory: Directory,
  presented: Presented,
  now: number,
  none: Secret,
): Verdict & { readonly takeOver: boolean } => {
  const { keys, store } = judging
  switch (presented.kind) {
    case 'secret': {
      const byClient = directory.byClient(presented.id)
      const who = directory.byId(presented.id) ?? byClient ?? nobody
      const own = [who.doc.secret, since(who.doc.previousSecret, now)]
      const app = [who.doc.client?.hash ?? null, null]
      const proven = keys.fits(who.id, presented.secret, who === byClient ? app : own)
      return { who, proven: proven && who !== nobody, bearer: false, takeOver: false }
    }
    case 'password': {
      const who = directory.byUser(presented.username.toLowerCase()) ?? nobody
      const hashes = [who.doc.password, since(who.doc.previousPassword, now)]
      const proven = keys.fits(who.id, withoutSecurityToken(presented.password), hashes)
      return { who, proven: proven && who !== nobody, bearer: false, takeOver: false }
    }
    case 'refresh-token': {
      const claim = keys.readRefreshToken(presented.token)
      // A token of ours is told from others by its mark, so only whoever holds one could learn that it takes less time.
      const who =
        (claim === null ? directory.byLineage(store.lineageOf(presented.token)) : directory.byId(claim.caller)) ??
        nobody
      const client = clientFits(judging, who, now, presented.clientId, presented.clientSecret, none)
      const current = claim === null ? now < (who.doc.takeOver?.until ?? 0) : claimFits(who, claim, now)
      const takeOver = claim === null && who !== nobody
      // A secret of the application is what makes a take-over safe: without one the old token alone would do.
      const guarded = !takeOver || presented.clientSecret !== null
      return { who, proven: client && current && guarded && who !== nobody, bearer: true, takeOver }
    }
    case 'assertion': {
      const { assertion, isOurs } = presented
      const who = directory.byId(assertion.issuer) ?? directory.byClient(assertion.issuer) ?? nobody
      const { previousPublicKey: previous, virtualUser, audiences } = who.doc
      const older = previous !== null && now < previous.until ? who.previousPublicKey : null
      const signed = isSignedBy(assertion, [who.publicKey, older])
      const subject = virtualUser === null || virtualUser.toLowerCase() === assertion.subject.toLowerCase()
      const meant = assertion.audiences.some((one) => isOurs(one) || audiences.map(plain).includes(plain(one)))
      const proven = signed && subject && meant && isTimely(assertion, now) && who !== nobody
      return { who, proven, bearer: false, takeOver: false }
    }
    case 'certificate': {
      const who = directory.byCertificate(presented.fingerprint) ?? nobody
      return { who, proven: who !== nobody, bearer: false, takeOver: false }
    }
    case 'socket': {
      const who = directory.bySocket(presented.name) ?? nobody
      return { who, proven: who !== nobody, bearer: false, takeOver: false }
    }
  }
}

export const claimFits = ({ doc }: StoredCaller, { grant, epoch }: RefreshClaim, now: number): boolean =>
  doc.grants.includes(grant) &&
  (epoch === doc.refreshEpoch || (epoch === doc.refreshEpoch - 1 && now < doc.previousRefreshUntil))

/** Null: no. Throws RATE_LIMITED for one who proved who it is. */
export const authenticate = (
  judging: Judging,
  directory: Directory,
  presented: Presented,
  from: From,
  none: Secret,
): Caller | null => {
  const now = judging.clock.wall()
  const { who, proven, bearer, takeOver } = judge(judging, directory, presented, now, none)
  const transport =
    from.transport ?? (presented.kind === 'socket' || presented.kind === 'certificate' ? presented : null)
  const { expiresAt } = who.doc
  const placed = placeFits(who.caller, { address: from.address, transport }, bearer)
  const living = expiresAt === null ? !bearer || takeOver : now < expiresAt
  const faced = who.doc.faces.includes(from.face)
  if (!(proven && placed && living && faced)) {
    if (takeOver) {
      const late = now >= (who.doc.takeOver?.until ?? 0)
      judging.alarm(who, late ? 'after its take-over window' : placed ? 'without its client' : 'from another place')
    }
    return null
  }
  const seconds = judging.rates.wait(who.caller)
  if (seconds > 0) {
    const { perMinute = 0 } = who.doc.rate ?? {}
    throw new KeyturnError('RATE_LIMITED', `${who.doc.name} asks more often than ${perMinute} times a minute`, {
      data: { caller: who.id, retryAfter: seconds },
    })
  }
  if (showsFormer(judging, who, presented, now)) judging.former(who)
  return who.caller
}

/** Asked only within the overlap of a rotation, and only of who has proved who it is. */
const showsFormer = ({ keys }: Judging, { id, doc }: StoredCaller, presented: Presented, now: number): boolean => {
  const former = (previous: CallerDoc['previousSecret'], shown: Secret | null): boolean => {
    const hash = since(previous, now)
    return hash !== null && shown !== null && keys.fits(id, shown, [hash, null])
  }
  switch (presented.kind) {
    case 'secret':
      return former(doc.previousSecret, presented.secret)
    case 'password':
      return former(doc.previousPassword, withoutSecurityToken(presented.password))
    case 'refresh-token': {
      if (now >= doc.previousRefreshUntil) return false
      return keys.readRefreshToken(presented.token)?.epoch === doc.refreshEpoch - 1
    }
    default:
      return false
  }
}
