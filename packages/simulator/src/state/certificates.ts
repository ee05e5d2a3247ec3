/** The PEM in an app's slot: a certificate, or (in seeds) a bare public key, which has no expiry. */
import { X509Certificate } from 'node:crypto'

export function certificateIn(pem: string): X509Certificate | undefined {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return undefined
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

export function isExpired(pem: string, now: number): boolean {
  const certificate = certificateIn(pem)
  return certificate !== undefined && Date.parse(certificate.validTo) < now
}
