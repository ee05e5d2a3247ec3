/** A watched certificate for people and programs; soonest first, those whose end nobody knows before all others. */
import type { WatchedCertificate, WatchedDoc } from '../certificates/watched-certificates.ts'

const day = 86_400_000
/** From when on it is said: the first of the days on which Salesforce warns of its own. */
const soon = 60 * day

export interface CertificateView {
  readonly grant: string
  readonly kind: WatchedCertificate['kind']
  readonly name: string
  /** ISO 8601; null: unknown. */
  readonly ends: string | null
  readonly days: number | null
  readonly state: 'fine' | 'ends soon' | 'ended' | 'unknown'
  readonly why: string | null
  /** When it was seen, ISO 8601. */
  readonly seen: string
}

const stateOf = (notAfter: number | null, now: number): CertificateView['state'] =>
  notAfter === null ? 'unknown' : notAfter <= now ? 'ended' : notAfter - now <= soon ? 'ends soon' : 'fine'

export const certificateViews = (
  watched: readonly (WatchedDoc & { readonly grant: string })[],
  now: number,
): readonly CertificateView[] =>
  watched
    .flatMap(({ grant, at, certificates }) => certificates.map((one) => ({ grant, at, ...one })))
    .toSorted((a, b) => (a.notAfter ?? 0) - (b.notAfter ?? 0))
    .map(({ grant, at, kind, name, notAfter, why }) => ({
      ...{ grant, kind, name, why },
      ends: notAfter === null ? null : new Date(notAfter).toISOString(),
      days: notAfter === null ? null : Math.floor((notAfter - now) / day),
      state: stateOf(notAfter, now),
      seen: new Date(at).toISOString(),
    }))
