/** One long scenario with everything captured that anybody could see: no secret of the simulator's is in it. */
import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { openParts } from '../../src/keyturn.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { MINUTE, startOrg } from '../conformance/org.ts'

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })

test('no secret is in an event, an error, a view, the ledger, the output, an inspected object or a file', async (t) => {
  const seen: string[] = []
  const capture = (thing: unknown): void => {
    seen.push(inspect(thing, { depth: 12, showHidden: true, maxArrayLength: null, maxStringLength: null }))
    if (thing instanceof Error) seen.push(thing.stack ?? '', JSON.stringify(thing), String(thing.cause))
  }
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    t.mock.method(stream, 'write', (...args: Parameters<typeof write>) => {
      seen.push(String(args[0]))
      return write(...args)
    })
  }
  for (const name of ['keyturn:event', 'http.client.request.start', 'undici:request:create'])
    subscribe(name, (message) => seen.push(JSON.stringify(message, safely)))
  process.on('warning', capture)
  t.after(() => void process.off('warning', capture))

  const org = await startOrg(t)
  org.keyturn.on('*', capture)
  org.ready('Jwt')
  await org.add({ fallback: [org.jwtSpare()] })
  await org.add({ name: 'bare', app: 'Jwt' })
  const call = async (name: string): Promise<void> => {
    await org.keyturn.token(name).catch(capture)
    await org.call(name)
  }
  const faults = [
    { status: 500, when: 'before' },
    { status: 503, when: 'after', html: true },
    { drop: 'after' },
    { cutAt: 'before-refresh-token' },
    { cutAt: 'after-refresh-token' },
    { redirectTo: 'https://evil.example' },
    { rateLimit: true },
  ] as const
  for (const name of ['acme', 'bare']) {
    for (const action of faults) {
      const fault = org.sim.control.addFault({ match: { endpoint: 'token', grantType: 'refresh_token' }, action })
      await call(name)
      org.expire()
      await call(name)
      org.sim.control.removeFaults(fault.id)
      org.advance(30 * MINUTE)
      await call(name)
      await org.keyturn.sweep()
      capture(await org.keyturn.grants.show(name))
    }
  }
  const duplicate = await org.keyturn.grants
    .add({
      name: 'bare',
      loginUrl: org.sim.url,
      clientId: 'x',
      flow: 'client_credentials',
      clientSecret: org.ready().clientSecret,
    })
    .catch((error: unknown) => error)
  assert.ok(duplicate instanceof Error)
  capture(duplicate)
  capture(await org.open({ masterKey: Buffer.alloc(32) }).catch((error: unknown) => error))
  capture(org.keyturn)
  const parts = await openParts(org.options)
  capture(parts)
  const { id } = await org.keyturn.grants.show('acme')
  capture(
    await parts.store.snapshot(id, ['refreshToken', 'accessToken', 'clientSecret', 'fallback:jwt_bearer-1:privateKey']),
  )
  capture(await parts.store.ledger(1, 100_000))
  capture(await parts.store.orphans())
  capture(await parts.store.checkpoint())
  for await (const line of exportLedger(parts.store)) seen.push(String(line))
  const journalKey = parts.journalKey.key.export()
  await parts.journal.close()
  await parts.store.close()
  await org.keyturn.close()

  const key = org.options.masterKey as Uint8Array
  const secrets = [
    ...org.sim.control.secrets(),
    ...[Buffer.from(key), journalKey].flatMap((bytes) => [
      ...(['hex', 'base64', 'base64url'] as const).map((how) => bytes.toString(how)),
      // As `inspect` prints bytes.
      bytes
        .toString('hex')
        .replaceAll(/..(?=.)/g, '$& ')
        .slice(0, 60),
    ]),
  ]
  assert.ok(secrets.length > 10 && seen.length > 100, `${secrets.length} secrets, ${seen.length} things seen`)
  const places = [...seen, ...filesIn(org.folder).map((file) => readFileSync(file, 'latin1'))]
  const leaked = secrets.filter((secret) => secret.length > 5 && places.some((place) => place.includes(secret)))
  assert.deepEqual(
    leaked.map((secret) => `${secret.slice(0, 6)}…`),
    [],
  )
})

/** Sockets and requests hold themselves. */
const safely = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'socket' in value ? '[object]' : value
