/**
 * When the certificates of an org run out: those pasted into apps, of which Salesforce warns nobody, and those of
 * Certificate and Key Management, of which it mails administrators 60, 30 and 10 days ahead.
 */
import { KeyturnError } from '@keyturn/tokens'
import { appCertificates } from './app-certificate.ts'
import { certificateFacts } from './certificate-pem.ts'
import type { OrgConnection } from './connection.ts'
import { componentNames, readComponents, textOf } from './metadata-component.ts'

export interface CertificateExpiry {
  readonly kind: 'connected-app' | 'external-client-app' | 'org'
  /** Developer name of the app, or of the certificate. */
  readonly name: string
  /** Null: unknown, `why` says why. */
  readonly notAfter: number | null
  readonly fingerprint: string | null
  readonly why: string | null
}

interface CertificateExpiries {
  readonly certificates: readonly CertificateExpiry[]
  readonly unseen: readonly string[]
}

/** Soonest first; those whose end is unknown before all others. */
export const certificateExpiry = async (org: OrgConnection): Promise<CertificateExpiries> => {
  const { apps, unseen } = await appCertificates(org)
  const ofApps = apps
    .filter(({ pem }) => pem !== null)
    .map(({ kind, app, pem }): CertificateExpiry => {
      const facts = certificateFacts(pem ?? '')
      return facts === null
        ? { kind, name: app, notAfter: null, fingerprint: null, why: 'what the org shows is no certificate' }
        : { kind, name: app, notAfter: facts.notAfter, fingerprint: facts.fingerprint, why: null }
    })
  const more: string[] = [...unseen]
  const own = await orgCertificates(org).catch((error: unknown) => {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    more.push(`certificates of the org: ${error.message}`)
    return []
  })
  const soonest = (one: CertificateExpiry): number => one.notAfter ?? 0
  return { certificates: [...ofApps, ...own].toSorted((a, b) => soonest(a) - soonest(b)), unseen: more }
}

const orgCertificates = async (org: OrgConnection): Promise<readonly CertificateExpiry[]> => {
  const found = await readComponents(org, 'Certificate', await componentNames(org, 'Certificate'))
  return [...found].map(([name, body]) => {
    const at = Date.parse(textOf(body['expirationDate']) ?? '')
    const notAfter = Number.isNaN(at) ? null : at
    return { kind: 'org', name, notAfter, fingerprint: null, why: notAfter === null ? 'the org shows no date' : null }
  })
}

const day = 86_400_000
/** The days on which Salesforce warns of its own certificates. */
const warningDays = [60, 30, 10, 0] as const

/** The last of those days that has come; null: none yet. Once for each is enough. */
export const expiryWarning = (notAfter: number, now: number): (typeof warningDays)[number] | null =>
  warningDays.findLast((days) => notAfter - now <= days * day) ?? null
