/**
 * X.509 by hand, synchronously and with dates of the simulator's clock: a self-signed certificate, or the request for
 * one. (The certificate library can only do it asynchronously, and deployments are carried out in one go.)
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface SelfSigned {
  readonly certificate: string
  readonly privateKey: string
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const size = body.length
  const bytes = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...bytes]), body])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes))
const sha256WithRsa = sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), der(0x05))
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))))

/** GeneralizedTime from 2050 on, UTCTime before (RFC 5280, 4.1.2.5). */
function time(epochMs: number): Buffer {
  const text = new Date(epochMs).toISOString().replace(/[-:T]|\.\d+/g, '')
  return Number(text.slice(0, 4)) >= 2050 ? der(0x18, Buffer.from(text)) : der(0x17, Buffer.from(text.slice(2)))
}

const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes)

function pem(label: string, body: Uint8Array): string {
  const text = Buffer.from(body).toString('base64')
  return `-----BEGIN ${label}-----\n${text.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END ${label}-----\n`
}

const signed = (content: Buffer, key: KeyObject): Buffer =>
  sequence(content, sha256WithRsa, bits(sign('RSA-SHA256', content, key)))

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

export function makeSelfSigned(of: {
  readonly name: string
  readonly notBefore: number
  readonly notAfter: number
  readonly keySize?: number
  /** 16 hexadecimal characters. */
  readonly serial: string
}): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: of.keySize ?? 2048 })
  const name = commonName(of.name)
  const serial = der(0x02, Buffer.from([0x01]), Buffer.from(of.serial, 'hex'))
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const content = sequence(
    version,
    serial,
    sha256WithRsa,
    name,
    sequence(time(of.notBefore), time(of.notAfter)),
    name,
    spki(publicKey),
  )
  return {
    certificate: pem('CERTIFICATE', signed(content, privateKey)),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** What a certificate authority is asked to sign. */
export function makeRequest(of: { readonly name: string; readonly keySize: number }): {
  readonly request: string
  readonly privateKey: string
} {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: of.keySize })
  const content = sequence(der(0x02, Buffer.from([0])), commonName(of.name), spki(publicKey), der(0xa0))
  return {
    request: pem('CERTIFICATE REQUEST', signed(content, privateKey)),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
