/**
 * A certificate authority for tests, made anew each time: X.509 v3 in DER (RFC 5280), P-256, signed with node:crypto.
 */
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface Certificate {
  readonly pem: string
  readonly key: string
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  readonly name: string
}

const der = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content)
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes))
const octets = (content: Uint8Array): Buffer => der(0x04, content)
const truth = der(0x01, Buffer.from([0xff]))
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
const nameOf = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))))
const validity = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')))

function certificate(name: string, issuer: Certificate | null, extensions: readonly Buffer[]): Certificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const serial = randomBytes(8)
  serial[0] = 0x11
  const toSign = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    nameOf(issuer?.name ?? name),
    validity,
    nameOf(name),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const signature = createSign('sha256')
    .update(toSign)
    .sign((issuer?.keys ?? keys).privateKey)
  const bytes = sequence(toSign, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keys,
    name,
  }
}

const basicConstraints = sequence(oid(0x55, 0x1d, 0x13), truth, octets(sequence(truth)))

export const makeAuthority = (name = 'Test Authority'): Certificate => certificate(name, null, [basicConstraints])

export const makeCertificate = (authority: Certificate, ...hosts: readonly string[]): Certificate =>
  certificate(hosts[0] ?? 'none', authority, [
    sequence(
      oid(0x55, 0x1d, 0x11),
      octets(
        sequence(
          ...hosts.map((host) =>
            /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
          ),
        ),
      ),
    ),
  ])
