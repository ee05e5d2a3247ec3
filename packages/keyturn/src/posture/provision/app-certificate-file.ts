/** The certificate of a new JWT app, as a file: its public half only, fit to be used for a while. */
import { KeyturnError } from '@keyturn/tokens'
import { configText } from '../../config/read.ts'
import { certificateFacts } from '../../org/certificate-pem.ts'

const fewestBits = 2048
const month = 30 * 86_400_000

/** Throws BAD_ARGUMENT. */
export const readAppCertificate = (path: string, now: number): string => {
  const pem = configText(path)
  const wrong = (text: string, fix: string): KeyturnError =>
    new KeyturnError('BAD_ARGUMENT', `${path} ${text}`, { fix })
  if (pem.includes('PRIVATE KEY'))
    throw wrong('has a private key in it', 'Name a file with the certificate alone: the key never leaves its server.')
  const facts = certificateFacts(pem)
  if (facts === null) throw wrong('has no certificate in it', 'Name a PEM file: -----BEGIN CERTIFICATE-----')
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = facts.publicKey
  if (type !== 'rsa' || (details?.modulusLength ?? 0) < fewestBits)
    throw wrong(`has no RSA key of ${fewestBits} bits or more`, 'openssl req -x509 -newkey rsa:4096 makes one.')
  if (facts.notBefore > now || facts.notAfter < now + month)
    throw wrong('is not valid for the next 30 days', 'Make a new one, and let Keyturn rotate it.')
  return pem.trim()
}
