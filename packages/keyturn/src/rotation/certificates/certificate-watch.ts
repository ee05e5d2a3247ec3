/**
 * Watches when the certificates of orgs run out, those that nobody rotates too: Salesforce mails administrators of its
 * own ones and nobody of a certificate that was pasted into an app. Looked up once a day and kept as a record per grant,
 * so that `keyturn schedule` shows them without asking an org; each of the warning days is told once.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Loggable, Records } from '@keyturn/tokens'
import type { Notification, Notifier } from '../../notify/notify.ts'
import { certificateExpiry, expiryWarning } from '../../org/certificate-expiry.ts'
import type { OrgConnection } from '../../org/connection.ts'
import type { Watch } from '../schedule/schedule-loop.ts'
import { watchedCertificates } from './watched-certificates.ts'
import type { WatchedCertificate } from './watched-certificates.ts'

const day = 86_400_000
/** After an org did not answer. */
const pause = 3_600_000

interface CertificateWatchParts {
  /** Grants whose users may read the apps and certificates of their orgs. */
  readonly grants: readonly string[]
  /** Who is told: an owner of `notify:`, or a mail address. Undefined: the channels' usual. */
  readonly owner: string | undefined
  readonly org: (grant: string) => OrgConnection
  readonly records: Pick<Records, 'get' | 'put' | 'list'>
  readonly clock: Clock
  /** Null: nobody is told, and what was not told stays so. */
  readonly notifier: Pick<Notifier, 'tell' | 'channels'> | null
  readonly log: { warn(message: string, fields?: Readonly<Record<string, Loggable>>): void }
}

const kinds = { 'connected-app': 'connected app', 'external-client-app': 'external client app', org: 'the org’s own' }

const notificationOf = (
  grant: string,
  { kind, name, notAfter, fingerprint }: WatchedCertificate & { readonly notAfter: number },
  days: number,
  now: number,
): Notification => {
  const end = new Date(notAfter).toISOString().slice(0, 10)
  const over = notAfter <= now
  const pasted = kind !== 'org'
  return {
    kind: 'certificate-ends',
    severity: over ? 'alarm' : days > 30 ? 'info' : 'warning',
    subject: `The certificate ${pasted ? `of ${name}` : name} ${over ? 'has ended' : `ends on ${end}`}`,
    text: [
      pasted
        ? `JWT bearer logins of ${name} are signed for this certificate, and Salesforce warns nobody of its end.`
        : `It is in Certificate and Key Management under the name ${name}.`,
      pasted
        ? 'Let `keyturn rotate` replace it: a credential of kind `certificate` in keyturn.yaml, with a schedule.'
        : 'See in Setup which apps, identity providers and callouts use it before you replace it.',
    ].join('\n\n'),
    facts: [
      { name: 'Grant', value: grant },
      { name: 'Where', value: kinds[kind] },
      { name: 'Name', value: name },
      { name: 'Ends', value: end },
    ],
    key: `certificate-ends/${grant}/${kind}/${name}/${fingerprint ?? notAfter}/${days}`,
  }
}

export const openCertificateWatch = (parts: CertificateWatchParts): Watch => {
  const { grants, owner, org, records, clock, notifier, log } = parts
  const seen = watchedCertificates(records)
  const notBefore = new Map<string, number>()

  const look = async (grant: string): Promise<void> => {
    const kept = await seen.get(grant)
    const now = clock.wall()
    if (now < (notBefore.get(grant) ?? 0) || (kept !== null && now - kept.at < day && now >= kept.at)) return
    try {
      const { certificates, unseen } = await certificateExpiry(org(grant))
      await seen.keep(grant, { at: now, certificates, unseen })
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error
      notBefore.set(grant, now + pause)
      log.warn('the certificates of an org could not be looked at', { grant, code: error.code })
    }
  }

  const tellOf = async (grant: string): Promise<number> => {
    const kept = await seen.get(grant)
    if (kept === null || notifier === null || notifier.channels.length === 0) return 0
    const now = clock.wall()
    let count = 0
    for (const one of kept.certificates) {
      const { notAfter } = one
      const days = notAfter === null ? null : expiryWarning(notAfter, now)
      if (notAfter === null || days === null || days === one.told) continue
      const told = notificationOf(grant, { ...one, notAfter }, days, now)
      const deliveries = await notifier.tell({ ...told, ...(owner === undefined ? {} : { to: owner }) })
      if (!deliveries.some(({ ok }) => ok)) continue
      count += deliveries.some(({ ok, why }) => ok && why === undefined) ? 1 : 0
      await seen.told(grant, one, days)
    }
    return count
  }

  return {
    /** Asks an org at most once a day; never throws what an org does. */
    async round() {
      let count = 0
      for (const grant of grants) {
        await look(grant)
        count += await tellOf(grant)
      }
      return count
    },
  }
}
