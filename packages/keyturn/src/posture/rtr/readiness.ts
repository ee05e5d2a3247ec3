/**
 * Whether a client survives rotation, by what is known of it. Ready is only who was shown, or answered for, to be; what
 * contradicts a person's word wins over it, and silence is unknown.
 */
import { everyUserOf } from './client-id.ts'
import { grouped } from './use-index.ts'
import type { RtrClient } from './app-clients.ts'
import type { RtrApp } from './inventory.ts'

export type Readiness = 'ready' | 'not-ready' | 'unknown'

export type Source =
  'own-grant' | 'broker' | 'rehearsal' | 'scan' | 'known-kind' | 'way-in' | 'user' | 'sharing' | 'declared'

interface ReadinessEvidence {
  readonly source: Source
  readonly says: Readiness
  readonly text: string
  /** Epoch ms; null: it holds whenever it is asked. */
  readonly at: number | null
}

/** `keyturn rehearse --record CLIENT`. */
export interface Rehearsed {
  readonly client: string
  readonly at: number
  /** Of the program, where somebody said it. */
  readonly version: string | null
  readonly keyturn: string
  readonly verdicts: Readonly<Record<string, 'pass' | 'fail' | 'inconclusive'>>
  /** Behaviours that a whole rehearsal judges. */
  readonly whole: boolean
}

/** `keyturn rtr ready`. */
export interface Declared {
  readonly client: string
  readonly at: number
  readonly reason: string
  readonly owner: string
  readonly by: string
}

/** What a scan of a client's repository says: from a `ScanReport`. */
export interface Scanned {
  readonly client: string
  readonly at: number
  readonly effect: 'breaks' | 'depends' | 'survives' | 'unaffected' | 'unknown'
  readonly why: string
  readonly path: string
}

export interface Proofs {
  readonly rehearsed: readonly Rehearsed[]
  readonly declared: readonly Declared[]
  readonly scanned: readonly Scanned[]
}

export const noProofs: Proofs = { rehearsed: [], declared: [], scanned: [] }

const day = 86_400_000
/** A rehearsal says what a program did then; after that it is history. */
export const rehearsalDays = 180
/** A person's word is asked for again. */
export const declarationDays = 90

export interface JudgedClient extends RtrClient {
  readonly readiness: Readiness
  /** Of the evidence, what decided; null: nothing did. */
  readonly by: Source | null
  readonly owner: string | null
  readonly evidence: readonly ReadinessEvidence[]
}

export interface JudgedApp extends Omit<RtrApp, 'clients'> {
  readonly clients: readonly JudgedClient[]
  readonly readiness: Readiness
  readonly why: string
  /** What hides clients: with it nothing is ready. */
  readonly blind: readonly string[]
}

type ByClient<T> = ReadonlyMap<string, readonly T[]>

/** By what they were recorded against, so that not every client is held against every proof. */
interface ProofIndex {
  readonly rehearsed: ByClient<Rehearsed>
  readonly declared: ByClient<Declared>
  readonly scanned: ByClient<Scanned>
}

export const proofIndex = ({ rehearsed, declared, scanned }: Proofs): ProofIndex => ({
  rehearsed: grouped(rehearsed, ({ client }) => client),
  declared: grouped(declared, ({ client }) => client),
  scanned: grouped(scanned, ({ client }) => client),
})

/** The newest; of two as old what was said of this client, and not of all users of its program. */
const latest = <T extends { readonly at: number }>(all: ByClient<T>, id: string): T | null =>
  [id, everyUserOf(id)].flatMap((pattern) => all.get(pattern) ?? []).toSorted((a, b) => b.at - a.at)[0] ?? null

/**
 * No client of an app alone survives an answer that was lost: that takes a spare way in. It is the price of rotation
 * whoever the client is, and no reason to wait; what it means is said.
 */
const unsurvivable = 'survives-lost-answer'

const rehearsal = (client: RtrClient, found: Rehearsed, now: number): ReadinessEvidence => {
  const { at, version, verdicts, whole } = found
  const says = (says_: Readiness, text: string): ReadinessEvidence => ({ source: 'rehearsal', says: says_, text, at })
  const of = (verdict: string): readonly string[] =>
    Object.entries(verdicts).flatMap(([name, is]) => (is === verdict ? [name] : []))
  const failed = of('fail').filter((name) => name !== unsurvivable)
  const open = of('inconclusive')
  if (failed.length > 0) return says('not-ready', `rehearsed and failed: ${failed.join(', ')}`)
  if (open.length > 0) return says('unknown', `rehearsed, and not shown: ${open.join(', ')}`)
  if (!whole || of('pass').length === 0) return says('unknown', 'rehearsed in part only')
  if (now - at > rehearsalDays * day) return says('unknown', `rehearsed more than ${rehearsalDays} days ago: once more`)
  const [newest] = client.versions
  if (version === null && newest !== undefined)
    return says(
      'unknown',
      `rehearsed, and nobody said as which version; it is seen as ${newest.version}: rehearse that with \`--client-version\``,
    )
  // What came in last runs still, however long ago that was.
  const other = client.versions.filter((one) => one.version !== version && (one.last > at || one === newest))
  if (other.length > 0)
    return says(
      'unknown',
      `rehearsed as version ${version ?? ''}, and seen as ${other.map((one) => one.version).join(', ')}: rehearse that one, or wait until the other is seen`,
    )
  const but = of('fail').length === 0 ? '' : '; when an answer gets lost, somebody has to sign in again'
  return says('ready', `rehearsed and passed${version === null ? '' : ` as version ${version}`}${but}`)
}

const refreshes = ({ ways }: RtrClient): boolean => ways.some((way) => /refresh/i.test(way))

const scan = (client: RtrClient, { effect, why, at }: Scanned): ReadinessEvidence => {
  const says = (readiness: Readiness, text: string): ReadinessEvidence => ({
    source: 'scan',
    says: readiness,
    text: `its repository: ${text}`,
    at,
  })
  if (effect === 'breaks') return says('not-ready', why)
  if (effect === 'unaffected' && refreshes(client))
    return says('unknown', `${why} But it was seen to refresh one: part of it is elsewhere.`)
  return says(effect === 'survives' || effect === 'unaffected' ? 'ready' : 'unknown', why)
}

const declaration = ({ at, owner }: Declared, now: number): ReadinessEvidence => {
  const old = now - at > declarationDays * day
  return {
    source: 'declared',
    says: old ? 'unknown' : 'ready',
    text: old
      ? `declared by ${owner} more than ${declarationDays} days ago: once more`
      : `declared by ${owner}, not shown`,
    at,
  }
}

/** More hosts than tokens. Nothing shows whether it is one program that moves, or two with a copy each. */
const sharesPerhaps = (client: RtrClient): boolean =>
  client.seenBy === 'login' &&
  client.tokens !== null &&
  client.addresses.length > Math.max(1, client.tokens) &&
  refreshes(client)

const evidenceOf = (client: RtrClient, proofs: ProofIndex, now: number): readonly ReadinessEvidence[] => {
  const always = (source: Source, says: Readiness, text: string): ReadinessEvidence => ({
    source,
    says,
    text,
    at: null,
  })
  const [rehearsed, scanned, declared] = [
    latest(proofs.rehearsed, client.id),
    latest(proofs.scanned, client.id),
    latest(proofs.declared, client.id),
  ]
  const { kind, seenBy, unaffected, person } = client
  const effects = { survives: 'ready', breaks: 'not-ready', depends: 'unknown' } as const
  return [
    ...(seenBy === 'grant'
      ? [always('own-grant', 'ready', 'Keyturn’s own grant: each new token is kept before it is used')]
      : []),
    ...(seenBy === 'broker' ? [always('broker', 'ready', 'comes through the broker, which holds the token')] : []),
    ...(unaffected === null ? [] : [always('way-in', 'ready', unaffected)]),
    ...(person.active === false ? [always('user', 'ready', 'the user is inactive: nobody signs in as it')] : []),
    ...(sharesPerhaps(client)
      ? [
          always(
            'sharing',
            'unknown',
            `refreshed from ${client.addresses.length}${client.addresses.length === 5 ? ' or more' : ''} addresses with ${client.tokens === 1 ? 'one token' : `${client.tokens ?? 0} tokens`}: two hosts may share one, which no client survives`,
          ),
        ]
      : []),
    ...(rehearsed === null ? [] : [rehearsal(client, rehearsed, now)]),
    ...(scanned === null ? [] : [scan(client, scanned)]),
    ...(kind === null ? [] : [always('known-kind', effects[kind.effect], `${kind.name}: ${kind.why}`)]),
    ...(declared === null ? [] : [declaration(declared, now)]),
  ]
}

/** Which evidence decides, the strongest first. Of a kind that it is known to break is shown by the version it names. */
const strength: readonly Source[] = [
  'own-grant',
  'broker',
  'way-in',
  'user',
  'rehearsal',
  'scan',
  'known-kind',
  'declared',
]

/** These show how a program behaves; not that it holds this token, and nobody else does. That a person has to say. */
const ofOneHolder: ReadonlySet<Source> = new Set(['rehearsal', 'scan', 'known-kind'])

const judgeClient = (client: RtrClient, proofs: ProofIndex, now: number): JudgedClient => {
  const evidence = evidenceOf(client, proofs, now)
  const alone = client.seenBy !== 'token' && !evidence.some(({ source }) => source === 'sharing')
  const decided = strength
    .flatMap((source) => evidence.filter((one) => one.source === source))
    .find(({ says, source }) => says === 'not-ready' || (says === 'ready' && (alone || !ofOneHolder.has(source))))
  const owner = latest(proofs.declared, client.id)?.owner ?? (client.person.nature === 'person' ? client.user : null)
  return { ...client, readiness: decided?.says ?? 'unknown', by: decided?.source ?? null, owner, evidence }
}

const count = (clients: readonly JudgedClient[], readiness: Readiness): number =>
  clients.filter((one) => one.readiness === readiness).length

/** `blind`: what hides clients of any app. */
export const judgeApp = (app: RtrApp, proofs: ProofIndex, now: number, blind: readonly string[]): JudgedApp => {
  const clients = app.clients.map((one) => judgeClient(one, proofs, now))
  const [broken, unknown] = [count(clients, 'not-ready'), count(clients, 'unknown')]
  const say = (readiness: Readiness, why: string): JudgedApp => ({ ...app, clients, blind, readiness, why })
  const of = (n: number): string =>
    clients.length === 1
      ? 'its only client'
      : n === clients.length
        ? `all of its ${n} clients`
        : `${n} of its ${clients.length} clients`
  if (broken > 0)
    return say('not-ready', `${of(broken)} would lose access${unknown === 0 ? '' : `; nobody knows about ${unknown}`}`)
  if (unknown > 0)
    return say('unknown', `nobody knows whether ${of(unknown)} survive${clients.length === 1 ? 's' : ''} rotation`)
  if (blind.length > 0) return say('unknown', `not everything could be read: ${blind.join('; ')}`)
  return say(
    'ready',
    clients.length === 0
      ? 'nobody uses it'
      : `${clients.length === 1 ? 'its client is' : `all ${clients.length} clients are`} ready`,
  )
}
