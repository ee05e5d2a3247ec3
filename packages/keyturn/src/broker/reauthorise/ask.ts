/**
 * Asks the right person to authorise a grant again, once: makes the link if there is none, tells the owner through the
 * channels, raises the alarm where the ledger says that somebody else used the token.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, GrantView } from '@keyturn/tokens'
import type { DeathVerdict } from '../../forensics/verdict.ts'
import type { Delivery, Notifier } from '../../notify/notify.ts'
import type { Log } from '../log.ts'
import type { PublicAddress } from './public-address.ts'
import type { Reauthorisation } from './reauthorisation-record.ts'
import type { Reauthorisations } from './reauthorisations.ts'
import { reauthorisationNotice, theftNotice } from './tell.ts'

interface AskParts {
  readonly clock: Clock
  readonly log: Log
  readonly address: PublicAddress
  readonly reauthorisations: Reauthorisations
  /** How long a link can be used, ms. */
  readonly life: number
  readonly ownerOf: (grant: string) => string | null
  readonly notifier: Notifier | null
  /** What the ledger says about the death; null: nobody asked it. */
  readonly judge: ((grant: string) => Promise<DeathVerdict | null>) | null
  readonly made: (is: Reauthorisation) => void
  readonly alarm: (grant: string) => void
}

interface Asked {
  /** Null: nobody knows who would have to log in. */
  readonly is: Reauthorisation | null
  readonly made: boolean
  /** Empty: by no channel, or it was told before. */
  readonly told: readonly Delivery[]
}

export type Ask = (
  grant: GrantView,
  by: string,
  more?: {
    /** Said by a person, also of a grant that lives. */
    readonly wanted?: boolean
    /** A person takes the link along: nobody else is told. */
    readonly quiet?: boolean
  },
) => Promise<Asked>

/** Nothing but a person brings it back. */
export const needsPerson = ({ flow, status, access }: GrantView): boolean =>
  flow === 'refresh_token' && status === 'reauthorization-required' && access !== 'alive'

export const openAsk = (parts: AskParts): Ask => {
  const { clock, log, address, reauthorisations, notifier } = parts
  const verdicts = new Map<string, DeathVerdict>()
  const warned = new Set<string>()

  const judged = async (grant: GrantView): Promise<DeathVerdict | null> => {
    if (parts.judge === null || grant.why === null) return null
    const key = `${grant.id} ${grant.lineage ?? ''}`
    const known = verdicts.get(key)
    if (known !== undefined) return known
    try {
      const verdict = await parts.judge(grant.name)
      if (verdict !== null) verdicts.set(key, verdict)
      return verdict
    } catch (error) {
      log.warn('nobody could say why a grant died', { grant: grant.name, code: codeOf(error) })
      return null
    }
  }

  /** In the ledger and the metrics once over all replicas; told until somebody heard it. */
  const raise = async (grant: GrantView, verdict: DeathVerdict): Promise<void> => {
    const { cause, certainty, text } = verdict
    const won = await reauthorisations.change(
      grant.id,
      (doc) => (doc.alarmedAt === null ? { ...doc, alarmedAt: clock.wall() } : null),
      { kind: 'token-used-by-somebody-else', grant: grant.id, data: { cause, certainty, text: text.toWellFormed() } },
    )
    if (won !== null) {
      parts.alarm(grant.name)
      log.error('a refresh token was used by somebody else', { grant: grant.name, cause, certainty })
    }
    await notifier?.tell(theftNotice(grant, verdict, parts.ownerOf(grant.name)))
  }

  const tell = async (
    grant: GrantView,
    is: Reauthorisation | null,
    verdict: DeathVerdict | null,
  ): Promise<readonly Delivery[]> => {
    const link = is === null ? null : await reauthorisations.linkOf(is)
    const doc = is?.doc ?? null
    const notice = reauthorisationNotice({ grant, doc, link, address, verdict })
    const told = (await notifier?.tell(notice)) ?? []
    if (told.length === 0 && !warned.has(notice.key)) {
      warned.add(notice.key)
      log.warn('a grant needs a person and there is no channel to tell one', {
        grant: grant.name,
        next: `keyturn grants reauthorise ${grant.name} --print-link`,
      })
    }
    const heard = told.length === 0 || told.some(({ ok }) => ok)
    if (is !== null && heard) {
      await reauthorisations.change(is.grantId, (now) =>
        now.toldAt === null && now.link === is.doc.link ? { ...now, toldAt: clock.wall() } : null,
      )
    }
    return told
  }

  return async (grant, by, { wanted = false, quiet = false } = {}) => {
    const reason = wanted && !needsPerson(grant) ? 'asked' : 'dead'
    let asked: Awaited<ReturnType<Reauthorisations['want']>> | null = null
    try {
      const owner = parts.ownerOf(grant.name)
      asked = await reauthorisations.want(grant, { reason, by, owner, life: parts.life })
    } catch (error) {
      // Then people are told what to do without a link.
      if (wanted || !(error instanceof KeyturnError) || error.code !== 'BAD_ARGUMENT') throw error
    }
    if (asked?.made === true) {
      parts.made(asked.is)
      const { expiresAt: until } = asked.is.doc
      log.info('a person is asked to authorise a grant again', { grant: grant.name, reason, by, until })
    }
    const is = asked?.is ?? null
    const answer = { is, made: asked?.made ?? false }
    if (quiet) return { ...answer, told: [] }
    // Whoever told of the death may not have been able to say what it died of (a command, a rotation).
    const verdict = is?.doc.reason === 'asked' ? null : await judged(grant)
    if (verdict?.verdict === 'somebody-else' && is !== null) await raise(grant, verdict)
    const untold = is === null || is.doc.toldAt === null
    return { ...answer, told: untold || wanted ? await tell(grant, is, verdict) : [] }
  }
}

const codeOf = (error: unknown): string => (error instanceof KeyturnError ? error.code : 'unknown')
