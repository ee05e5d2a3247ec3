/** curl, as scripts use it: every way to reach the broker and to show who one is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MY_DOMAIN, openDoorway } from './doorway.ts'
import { absent, run } from './outside-program.ts'

const skip = absent('curl', ['--version'], 'apt-get install curl')
const LIMITS = '/services/data/v60.0/limits'

interface Login {
  readonly access_token: string
  readonly instance_url: string
}

const curl = async (args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run('curl', ['--silent', '--show-error', '--fail-with-body', ...args])
  assert.equal(code, 0, `${stdout}${stderr}`)
  return stdout
}

const login = async (args: readonly string[]): Promise<Login> => JSON.parse(await curl(args)) as Login

test('curl: client credentials by URL, and calls over the end of a session', { skip }, async (t) => {
  const door = await openDoorway(t)
  const { id, secret } = await door.enrol('script')
  const { access_token: session, instance_url: instance } = await login([
    '--user',
    `${id}:${secret}`,
    '--data',
    'grant_type=client_credentials',
    `${door.url}/services/oauth2/token`,
  ])
  assert.equal(instance, door.url)
  const before = door.counts()[0] ?? 0
  for (let end = 0; end < 2; end++) {
    door.expire()
    assert.match(await curl(['--oauth2-bearer', session, `${instance}${LIMITS}`]), /DailyApiRequests/)
  }
  assert.deepEqual(door.counts(), [before + 2, 0, 0])
})

test(
  'curl: the org’s own host name by --resolve, the private CA, and a client certificate alone',
  { skip },
  async (t) => {
    const door = await openDoorway(t)
    await door.enrol('etl', { ranges: [], certificates: [door.certificate.fingerprint] })
    const own = [
      '--resolve',
      `${MY_DOMAIN}:${door.port}:127.0.0.1`,
      '--cacert',
      door.caFile,
      '--cert',
      door.certificate.cert,
      '--key',
      door.certificate.key,
    ]
    const base = `https://${MY_DOMAIN}:${door.port}`
    const given = await login([...own, '--data', 'grant_type=client_credentials', `${base}/services/oauth2/token`])
    assert.equal(given.instance_url, base)
    assert.match(await curl([...own, '--oauth2-bearer', given.access_token, `${base}${LIMITS}`]), /DailyApiRequests/)
    const without = await run(
      'curl',
      ['--silent', '--oauth2-bearer', given.access_token, '--cacert', door.caFile].concat([
        '--resolve',
        `${MY_DOMAIN}:${door.port}:127.0.0.1`,
        `${base}${LIMITS}`,
      ]),
    )
    assert.doesNotMatch(without.stdout, /DailyApiRequests/, 'the session is good with its certificate only')
  },
)

test('curl: a Unix socket is proof enough', { skip }, async (t) => {
  const door = await openDoorway(t)
  await door.enrol('local', { ranges: [], sockets: ['etl'] })
  const own = ['--unix-socket', door.socket]
  const base = 'http://localhost'
  const given = await login([...own, '--data', 'grant_type=client_credentials', `${base}/services/oauth2/token`])
  assert.match(await curl([...own, '--oauth2-bearer', given.access_token, `${base}${LIMITS}`]), /DailyApiRequests/)
})
