/** `serve --make-ca`: the CA that is in the folder signs again; what is no CA of ours is left alone and said. */
import assert from 'node:assert/strict'
import { X509Certificate, generateKeyPairSync, randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { makeCertificates } from '../../src/broker/certificates.ts'
import { makeFolder } from '../cli.ts'

const make = (folder: string, names: readonly string[] = ['broker.test']) =>
  makeCertificates({ folder, names, clients: [], clock: systemClock, random: randomBytes })

test('a certificate is renewed, and covers more names, by the CA that callers trust already', async (t) => {
  const folder = join(makeFolder(t).path, 'tls')
  await make(folder)
  const read = (name: string): X509Certificate => new X509Certificate(readFileSync(join(folder, name)))
  const [ca, first] = [read('ca.pem'), read('server.pem')]
  await make(folder, ['broker.test', '10.0.0.7'])
  const second = read('server.pem')
  assert.equal(read('ca.pem').fingerprint256, ca.fingerprint256)
  assert.ok(first.verify(ca.publicKey) && second.verify(ca.publicKey))
  assert.notEqual(second.serialNumber, first.serialNumber)
  assert.deepEqual([second.checkHost('broker.test'), second.checkIP('10.0.0.7')], ['broker.test', '10.0.0.7'])
  for (const key of ['ca.key', 'server.key']) assert.equal(statSync(join(folder, key)).mode & 0o777, 0o600)
})

test('half a CA, two halves of two, another kind of key and a name that is none are refused', async (t) => {
  const { path } = makeFolder(t)
  const [one, two] = [join(path, 'one'), join(path, 'two')]
  await make(one)
  await make(two)
  await assert.rejects(make(one, ['a b']), { code: 'BAD_ARGUMENT', message: /no host name/ })
  copyFileSync(join(two, 'ca.key'), join(one, 'ca.key'))
  await assert.rejects(make(one), { code: 'BAD_ARGUMENT', message: /no pair/ })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(join(one, 'ca.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await assert.rejects(make(one), { code: 'BAD_ARGUMENT', message: /no pair/ })
  rmSync(join(two, 'ca.pem'))
  await assert.rejects(make(two), { code: 'BAD_ARGUMENT', message: /half a CA/ })
})
