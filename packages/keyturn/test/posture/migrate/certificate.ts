/** A certificate as people paste it into an app. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

export const certificate = async (): Promise<string> => {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '07',
    name: 'CN=migrated',
    notBefore: new Date('2026-01-01'),
    notAfter: new Date('2046-01-01'),
    keys,
    signingAlgorithm: algorithm,
  })
  return made.toString('pem')
}
