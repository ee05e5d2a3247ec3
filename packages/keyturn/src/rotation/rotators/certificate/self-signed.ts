/**
 * A new RSA key with a self-signed certificate, as JWT bearer wants it (Salesforce Help, "Create a Private Key and
 * Self-Signed Digital Certificate"): RS256 only, the certificate at most 4 KB of PEM.
 */
import { webcrypto } from 'node:crypto'
// @peculiar/x509 wires its parts with tsyringe, which wants this first.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { Secret } from '@keyturn/tokens'

export interface SelfSigned {
  readonly certificate: string
  readonly privateKey: Secret
}

/** Clocks differ; a certificate that is valid in a minute is refused now. */
const early = 5 * 60_000

/** Positive, 126 bits (RFC 5280 §4.1.2.2). */
const serialOf = (random: (size: number) => Uint8Array): string => {
  const bytes = Buffer.from(random(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

const pem = (label: string, der: ArrayBuffer): string => {
  const text = Buffer.from(der).toString('base64')
  return `-----BEGIN ${label}-----\n${text.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END ${label}-----\n`
}

export const makeSelfSigned = async (of: {
  readonly subject: string
  readonly keySize: number
  readonly lifetime: number
  readonly now: number
  readonly random: (size: number) => Uint8Array
}): Promise<SelfSigned> => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
  const keys = await webcrypto.subtle.generateKey(
    { ...algorithm, modulusLength: of.keySize, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialOf(of.random),
    name: `CN=${of.subject}`,
    notBefore: new Date(of.now - early),
    notAfter: new Date(of.now + of.lifetime),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return {
    certificate: pem('CERTIFICATE', made.rawData),
    privateKey: new Secret(pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))),
  }
}
