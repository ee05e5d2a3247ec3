/** Channels are reached as everything else is: through the environment's proxy, trusting the organisation's authority. */
import assert from 'node:assert/strict'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startPostgres, whyNoPostgres } from '../../../../test/postgres.ts'
import { makeAuthority, makeCertificate } from '../../../tokens/test/wire/certificates.ts'
import { note, startHook, startScene } from './scene.ts'

const listening = async (t: TestContext, server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('a webhook goes through the CONNECT proxy and trusts the added authority; without it nothing is sent', async (t) => {
  const authority = makeAuthority()
  const { pem: cert, key } = makeCertificate(authority, 'hooks.example')
  const bodies: string[] = []
  const target = await listening(
    t,
    createTlsServer({ cert, key }, (request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        bodies.push(body)
        response.end()
      })
    }),
  )
  const heads: string[] = []
  const proxy = await listening(
    t,
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', (chunk) => {
        heads.push(chunk.toString('latin1').split('\r\n')[0] ?? '')
        const onward = connect(target, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
          socket.pipe(onward).pipe(socket)
        })
        onward.on('error', () => socket.destroy())
        socket.on('close', () => onward.destroy())
      })
    }),
  )
  const surroundings = { proxy: { https_proxy: `http://127.0.0.1:${proxy}` } }
  const section = { channels: { ops: { kind: 'webhook', url: 'env:HOOK' } } } as const
  const trusting = await startScene(t, { ...surroundings, ca: authority.pem })
  trusting.env['HOOK'] = 'https://hooks.example/x'
  assert.deepEqual(await trusting.notifier(section).tell(note()), [{ channel: 'ops', ok: true }])
  assert.deepEqual(heads, ['CONNECT hooks.example:443 HTTP/1.1'])
  assert.equal(bodies.length, 1)

  const wary = await startScene(t, surroundings)
  wary.env['HOOK'] = 'https://hooks.example/x'
  const [refused] = await wary.notifier(section).tell(note())
  assert.match(refused?.why ?? '', /^could not be reached \(tls: /)
  assert.equal(bodies.length, 1)
})

test('of five replicas on one PostgreSQL one tells', { skip: whyNoPostgres() }, async (t) => {
  const postgres = await startPostgres(t)
  const scene = await startScene(t, { store: await postgres.newDatabase() })
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  const section = { channels: { ops: { kind: 'webhook', url: 'env:HOOK' } } } as const
  const notifiers = await Promise.all(
    Array.from({ length: 5 }, async () => scene.notifier(section, await scene.another())),
  )
  const all = await Promise.all(notifiers.map((one) => one.tell(note())))
  assert.equal(hook.heard.length, 1)
  assert.equal(all.filter(([first]) => first?.ok === true && first.why === undefined).length, 1)
  const others = all.flatMap(([first]) => (first?.why === undefined ? [] : [`${first.ok} ${first.why}`]))
  assert.equal(others.length, 4)
  for (const one of others) assert.match(one, /^(true told already at |false another process is telling it$)/)
})
