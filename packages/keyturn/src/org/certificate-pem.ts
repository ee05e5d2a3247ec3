/** What a PEM certificate says of itself, however its lines were broken on the way through an org's metadata. */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Secret } from '@keyturn/tokens'

export interface CertificateFacts {
  /** SHA-256 of the DER, lower-case hex: the same certificate whatever its PEM looks like. */
  readonly fingerprint: string
  readonly notBefore: number
  readonly notAfter: number
  readonly subject: string
  readonly publicKey: KeyObject
}

/** Null: no certificate that can be read. */
export const certificateFacts = (pem: string): CertificateFacts | null => {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem)?.[1]
  if (body === undefined) return null
  try {
    const read = new X509Certificate(Buffer.from(body.replace(/\s+/g, ''), 'base64'))
    return {
      fingerprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
      notBefore: Date.parse(read.validFrom),
      notAfter: Date.parse(read.validTo),
      subject: read.subject,
      publicKey: read.publicKey,
    }
  } catch {
    return null
  }
}

/** Null: not a PEM key that can be read without a passphrase. */
const publicHalf = (privateKey: Secret): KeyObject | null => {
  try {
    return createPublicKey(createPrivateKey(privateKey.reveal()))
  } catch {
    return null
  }
}

/** Whether what is signed with the key can be verified with the certificate. */
export const belongsTo = (privateKey: Secret, { publicKey }: CertificateFacts): boolean =>
  publicHalf(privateKey)?.equals(publicKey) === true

/** A certificate that lies among secrets because destinations hold it there is none. Null: it is no certificate. */
export const openCertificate = (kept: Secret | null): string | null => {
  const text = kept?.reveal() ?? ''
  return certificateFacts(text) === null || text.includes('PRIVATE KEY') ? null : text
}
