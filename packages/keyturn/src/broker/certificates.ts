/**
 * A private CA and what it signs, for brokers inside a company: `ca.pem` goes to the callers (NODE_EXTRA_CA_CERTS,
 * REQUESTS_CA_BUNDLE, a Java trust store), `server.pem` and `server.key` to the broker, one pair to each client that
 * proves itself by certificate. A CA that is in the folder already is used again, so names can be added and renewed.
 */
import { X509Certificate, createPrivateKey, webcrypto } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
// @peculiar/x509 wires its parts with tsyringe, which wants this first.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'

export interface CertificateOptions {
  readonly folder: string
  /** Host names and addresses of the broker. */
  readonly names: readonly string[]
  /** Names of clients that get a certificate of their own. */
  readonly clients: readonly string[]
  readonly clock: Clock
  readonly random: (size: number) => Uint8Array
}

export interface MadeCertificates {
  readonly ca: string
  readonly made: readonly {
    readonly what: 'ca' | 'server' | 'client'
    readonly name: string
    readonly cert: string
    readonly key: string
    readonly fingerprint: string
  }[]
}

const DAY = 86_400_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const caDays = 3650
/** What browsers and Apple's platforms take at most. */
const leafDays = 397

type KeyPair = webcrypto.CryptoKeyPair
interface Authority {
  readonly cert: x509.X509Certificate
  readonly keys: KeyPair
}

const newKeys = (): Promise<KeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const pemOfKey = async (keys: KeyPair): Promise<string> => {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`
}

const keep = (path: string, text: string, mode: number): void => {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()

/** Positive, 126 bits (RFC 5280 §4.1.2.2). */
const serial = (random: CertificateOptions['random']): string => {
  const bytes = Buffer.from(random(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

const loadAuthority = async (certPath: string, keyPath: string): Promise<Authority> => {
  try {
    const [pem, key] = [readFileSync(certPath, 'utf8'), createPrivateKey(readFileSync(keyPath, 'utf8'))]
    if (!new X509Certificate(pem).checkPrivateKey(key)) throw new Error('two pairs')
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
    const cert = new x509.X509Certificate(pem)
    const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign'])
    const publicKey = await webcrypto.subtle.importKey('spki', cert.publicKey.rawData, algorithm, true, ['verify'])
    return { cert, keys: { privateKey, publicKey } }
  } catch {
    throw new KeyturnError('BAD_ARGUMENT', `${certPath} and its key are no pair that --make-ca made`, {
      fix: 'Name another folder, and a new CA is made there. A CA of your company signs with its own tools: point broker.listen.tls to what it made.',
    })
  }
}

export const makeCertificates = async (options: CertificateOptions): Promise<MadeCertificates> => {
  const { folder, names, clients, clock, random } = options
  for (const name of [...names, ...clients])
    if (!/^[a-z0-9]([a-z0-9.:_-]{0,251}[a-z0-9])?$/i.test(name))
      throw new KeyturnError('BAD_ARGUMENT', `${name.slice(0, 60)} is no host name, address or client name`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made: MadeCertificates['made'][number][] = []
  const [caPath, caKeyPath] = [join(folder, 'ca.pem'), join(folder, 'ca.key')]
  const now = clock.wall()
  const validity = (days: number) => ({ notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) })
  const put = async (
    what: 'ca' | 'server' | 'client',
    name: string,
    paths: readonly [string, string],
    cert: x509.X509Certificate,
    keys: KeyPair,
  ) => {
    const pem = `${cert.toString('pem')}\n`
    keep(paths[1], await pemOfKey(keys), 0o600)
    keep(paths[0], pem, 0o644)
    made.push({ what, name, cert: paths[0], key: paths[1], fingerprint: fingerprintOf(pem) })
  }

  const newAuthority = async (): Promise<Authority> => {
    const keys = await newKeys()
    const cert = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(random),
      name: `CN=Keyturn private CA ${Buffer.from(random(4)).toString('hex')}`,
      ...validity(caDays),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    await put('ca', 'ca', [caPath, caKeyPath], cert, keys)
    return { cert, keys }
  }

  const present = [existsSync(caPath), existsSync(caKeyPath)]
  if (present[0] !== present[1])
    throw new KeyturnError('BAD_ARGUMENT', `${folder} holds half a CA`, {
      fix: 'ca.pem and ca.key belong together: bring the other one, or name an empty folder.',
    })
  const authority = present[0] === true ? await loadAuthority(caPath, caKeyPath) : await newAuthority()

  const sign = async (what: 'server' | 'client', name: string, file: string, alternatives: readonly string[]) => {
    const keys = await newKeys()
    const usage = what === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth
    const cert = await x509.X509CertificateGenerator.create({
      serialNumber: serial(random),
      subject: `CN=${name}`,
      issuer: authority.cert.subject,
      ...validity(leafDays),
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        new x509.SubjectAlternativeNameExtension(
          alternatives.map((each) => ({ type: isIP(each) === 0 ? ('dns' as const) : ('ip' as const), value: each })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    await put(what, name, [join(folder, `${file}.pem`), join(folder, `${file}.key`)], cert, keys)
  }
  const [first] = names
  if (first !== undefined) await sign('server', first, 'server', names)
  for (const client of clients) await sign('client', client, `client-${client}`, [client])
  return { ca: caPath, made }
}
