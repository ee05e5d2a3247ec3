/** A grant that is authorised again over the command line: what it left at Salesforce ends, and only after the proof. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { freePort } from '../../../test/free-port.ts'
import { setUp } from './connected.ts'
import type { Setup } from './connected.ts'

interface Result {
  readonly code: number
  readonly stderr: string
  readonly value: { readonly again: boolean; readonly notes: readonly string[]; readonly grant: { status: string } }
}

const ready = async (
  t: TestContext,
  settings: object = {},
): Promise<Setup & { readonly logIn: (name?: string, before?: () => void) => Promise<Result> }> => {
  const setup = await setUp(t)
  const { sim, folder, app, user } = setup
  const port = await freePort()
  sim.control.changeApp({
    app: 'Web',
    callbacks: [`http://127.0.0.1:${port}/callback`],
    settings: { autoApprove: user, ...settings },
  })
  const { clientId, clientSecret } = app('Web')
  const where = ['--login-url', sim.url, '--client-id', clientId, '--client-secret-stdin']
  const browser = ['--host', '127.0.0.1', '--port', String(port), '--no-open', '--json']
  return {
    ...setup,
    logIn: async (name = 'acme', before = () => undefined) => {
      const running = folder.start(['connect', name, ...where, ...browser], { stdin: clientSecret })
      const [, url = ''] = await running.said(/^(http\S+\/services\/oauth2\/authorize\S+)$/m)
      before()
      await (await fetch(url)).text()
      const { code, stdout, stderr } = await running.ended
      return { code: Number(code), stderr, value: JSON.parse(stdout) as Result['value'] }
    },
  }
}

const living = ({ sim }: Setup): number => sim.control.oracle().grants.filter(({ live }) => live).length

const steps = ({ sim }: Setup, after: number): readonly string[] =>
  sim.control
    .log({ after })
    .flatMap((event) => (event.kind === 'arrived' ? [`${event.endpoint} ${event.grantType ?? ''}`.trim()] : []))

test('the old authorisation is revoked at Salesforce after the new token was seen to work, which it does afterwards', async (t) => {
  const setup = await ready(t)
  assert.equal((await setup.logIn()).code, 0)
  const after = setup.sim.control.log().at(-1)?.n ?? 0
  const second = await setup.logIn()
  assert.equal(second.code, 0, second.stderr)
  assert.deepEqual([second.value.again, second.value.grant.status], [true, 'live'])
  assert.deepEqual(second.value.notes, ['What was left of the old authorisation was revoked; the new one works.'])
  assert.equal(living(setup), 1, 'one authorisation is left at Salesforce')
  const seen = steps(setup, after)
  const [traded, revoked] = [seen.indexOf('token authorization_code'), seen.lastIndexOf('revoke')]
  assert.ok(traded >= 0 && revoked > traded, seen.join(', '))
  assert.ok(seen.slice(traded, revoked).includes('data'), 'a call proves the new one before')
  assert.ok(seen.slice(revoked).includes('data'), 'and after')
  assert.equal((await setup.folder.run(['token', 'acme'])).code, 0)
})

test('where ending the old one takes the new one along, the command says so and ends with 1; the next login lasts', async (t) => {
  const setup = await ready(t, { revokeGrant: 'kills' })
  await setup.logIn()
  const second = await setup.logIn()
  assert.equal(second.code, 1, second.stderr)
  assert.match(second.value.notes[0] ?? '', /Salesforce ended the new one with it.*logging in once more will last/)
  assert.equal(second.value.grant.status, 'reauthorization-required')
  const third = await setup.logIn()
  assert.equal(third.code, 0, third.stderr)
  assert.equal(third.value.grant.status, 'live')
})

test('nothing is revoked while another grant of the store has the same user and app', async (t) => {
  const setup = await ready(t)
  await setup.logIn()
  await setup.logIn('other')
  const second = await setup.logIn()
  assert.equal(second.code, 0, second.stderr)
  assert.match(second.value.notes.join(' '), /was not revoked: another grant of this store has the same user and app/)
  assert.equal(living(setup), 3)
})

test('nothing is revoked while nobody knows whether the new token works', async (t) => {
  const setup = await ready(t)
  await setup.logIn()
  const second = await setup.logIn('acme', () => {
    setup.sim.control.addFault({ match: { endpoint: 'data' }, count: 'forever', action: { status: 503, body: '' } })
  })
  assert.equal(second.code, 0, second.stderr)
  assert.match(second.value.notes.join(' '), /is not known yet.*The old authorisation was left alone/)
  assert.equal(living(setup), 2)
})
