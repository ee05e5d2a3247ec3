/** What every jsforce must do on a Keyturn grant, as counted by the server. One suite, run per package and version. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { keyturnConnection, keyturnRefreshFn } from '../../src/adapters/jsforce.ts'
import { KeyturnError } from '../../src/errors.ts'
import type { Keyturn } from '../../src/contract.ts'
import { SOQL } from './jsforce-clients.ts'
import type { AnyConnection, ConnectionClass } from './jsforce-clients.ts'
import { NAME, startOrg, USER } from './org.ts'
import type { Org } from './org.ts'

export interface Client {
  readonly title: string
  /** Loaded in the test, so that a package that is missing fails one test with its name. */
  readonly load: () => ConnectionClass
}

const connect = (keyturn: Keyturn, client: Client): Promise<AnyConnection> =>
  keyturnConnection(keyturn, NAME, { Connection: client.load(), version: '60.0' })

/** A call that neither succeeds nor fails is the bug this file is about: it must end by itself. */
const ended = async (work: PromiseLike<unknown>): Promise<{ readonly error: Error | null }> => {
  try {
    await work
    return { error: null }
  } catch (error) {
    assert.ok(error instanceof Error)
    return { error }
  }
}

const clean = (org: Org, exchanges: number): void => {
  const counts = org.counts()
  assert.deepEqual(
    { exchanges: counts.exchanges, reuses: counts.reuses, grantsLost: counts.grantsLost },
    { exchanges, reuses: 0, grantsLost: 0 },
  )
}

export const jsforceSuite = (client: Client): void => {
  void test(`${client.title}: survives expiry after expiry, one exchange each`, async (t) => {
    const org = await startOrg(t)
    const keyturn = await org.open()
    await keyturn.grants.add(org.grant())
    const connection = await connect(keyturn, client)
    for (const exchanges of [1, 2, 3, 4]) {
      org.expire()
      assert.equal((await connection.query(SOQL)).totalSize, 1)
      clean(org, exchanges)
    }
  })

  void test(`${client.title}: a restart goes on with the rotated token`, async (t) => {
    const org = await startOrg(t)
    const first = await org.open()
    await first.grants.add(org.grant())
    org.expire()
    await (await connect(first, client)).query(SOQL)
    await first.close()
    org.expire()
    const second = await org.open()
    assert.equal((await (await connect(second, client)).query(SOQL)).totalSize, 1)
    clean(org, 2)
  })

  void test(`${client.title}: many calls on two connections and two openings cost one exchange`, async (t) => {
    const org = await startOrg(t)
    const [one, two] = [await org.open(), await org.open()]
    await one.grants.add(org.grant())
    const connections = [await connect(one, client), await connect(one, client), await connect(two, client)]
    org.expire()
    const answers = await Promise.all(
      connections.flatMap((connection) => [1, 2, 3, 4].map(() => connection.query(SOQL))),
    )
    assert.ok(answers.every(({ totalSize }) => totalSize === 1))
    clean(org, 1)
  })

  void test(`${client.title}: an answer lost after the commit is covered by a spare way in`, async (t) => {
    const org = await startOrg(t)
    const jwt = org.sim.orgs[0]?.apps.find(({ name }) => name === 'Jwt')
    assert.ok(jwt?.privateKey)
    const keyturn = await org.open()
    await keyturn.grants.add(
      org.grant({
        fallback: [{ flow: 'jwt_bearer', clientId: jwt.clientId, privateKey: jwt.privateKey, username: USER }],
      }),
    )
    const connection = await connect(keyturn, client)
    org.expire()
    org.sim.control.addFault({
      match: { endpoint: 'token', grantType: 'refresh_token' },
      action: { drop: 'after', reset: true },
    })
    assert.equal((await connection.query(SOQL)).totalSize, 1)
    assert.equal((await keyturn.token(NAME)).source, 'jwt_bearer-1')
    assert.equal((await keyturn.grants.show(NAME)).status, 'in-doubt')
    clean(org, 1)
  })

  for (const uncurable of ['always401', 'not-valid-for-rest', 'not-attached-to-agent'] as const) {
    void test(`${client.title}: a 401 that no token cures (${uncurable}) ends, and rotates at most once`, async (t) => {
      const org = await startOrg(t)
      const keyturn = await org.open()
      await keyturn.grants.add(org.grant())
      const connection = await connect(keyturn, client)
      org.sim.control.changeApp({ app: 'Web', settings: { uncurable } })
      for (const _ of [1, 2, 3]) assert.ok((await ended(connection.query(SOQL))).error)
      const { exchanges, reuses } = org.counts()
      assert.ok(exchanges <= 1, `${exchanges} exchanges`)
      assert.equal(reuses, 0)
    })
  }

  void test(`${client.title}: a Keyturn that throws, or hangs, ends the call with its error`, async (t) => {
    const org = await startOrg(t)
    const keyturn = await org.open()
    await keyturn.grants.add(org.grant())
    org.expire()
    const told: KeyturnError[] = []
    const dead = new KeyturnError('GRANT_DEAD', 'refused on Monday')
    const broken = { ...keyturn, rejected: () => Promise.reject(dead) }
    const throwing = {
      ...keyturn,
      rejected: () => {
        throw dead
      },
    }
    const hanging = { ...keyturn, rejected: () => new Promise<never>(() => undefined) }
    for (const [faulty, text] of [
      [broken, /GRANT_DEAD: refused on Monday/],
      [throwing, /GRANT_DEAD: refused on Monday/],
      [hanging, /EXCHANGE_TIMEOUT/],
    ] as const) {
      const connection: AnyConnection = await keyturnConnection(faulty, NAME, {
        Connection: client.load(),
        version: '60.0',
        wait: 50,
        onError: (error) => told.push(error),
      })
      const both = await Promise.all([ended(connection.query(SOQL)), ended(connection.query(SOQL))])
      for (const { error } of both) assert.match(error?.message ?? '', text)
      assert.match((await ended(connection.query(SOQL))).error?.message ?? '', text)
    }
    assert.equal(told[0], dead)
    assert.equal(told.at(-1)?.code, 'EXCHANGE_TIMEOUT')
  })

  void test(`${client.title}: a refresh listener that throws fails its call and hangs nobody`, async (t) => {
    const org = await startOrg(t)
    const keyturn = await org.open()
    await keyturn.grants.add(org.grant())
    const connection = await connect(keyturn, client)
    let answer: unknown
    connection.once('refresh', (_token: string, res: unknown) => {
      answer = res
      throw new Error('the listener fell over')
    })
    org.expire()
    assert.match((await ended(connection.query(SOQL))).error?.message ?? '', /the listener fell over/)
    assert.equal((await connection.query(SOQL)).totalSize, 1)
    assert.ok(typeof answer === 'object' && answer !== null && !('refresh_token' in answer))
    clean(org, 1)
  })

  void test(`${client.title}: the connection holds no refresh token and no client to refresh with`, async (t) => {
    const org = await startOrg(t)
    const keyturn = await org.open()
    await keyturn.grants.add(org.grant())
    const connection = await connect(keyturn, client)
    org.expire()
    await connection.query(SOQL)
    const shown = inspect(connection, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null })
    assert.ok(shown.includes(connection.accessToken ?? ''))
    const { accessToken } = await keyturn.token(NAME)
    for (const secret of org.sim.control.secrets()) {
      if (secret === accessToken || secret === org.ready.accessToken || secret.length < 12) continue
      assert.ok(!shown.includes(secret), 'the connection shows a secret other than its access token')
    }
    assert.ok(!shown.includes(org.ready.clientId))
  })

  void test(`${client.title}: an org that moved is followed`, async (t) => {
    const org = await startOrg(t)
    const keyturn = await org.open()
    await keyturn.grants.add(org.grant())
    const connection = await connect(keyturn, client)
    const moved = org.sim.url.replace('127.0.0.1', 'localhost')
    org.sim.control.changeOrg({ settings: { instanceUrl: moved } })
    org.expire()
    await connection.query(SOQL)
    assert.equal(connection.instanceUrl, moved)
    assert.equal((await connection.query(SOQL)).totalSize, 1)
    clean(org, 1)
  })

  void test(`${client.title}: keyturnRefreshFn serves a connection made by hand, with whatever token it held`, async (t) => {
    const org = await startOrg(t)
    const keyturn = await org.open()
    await keyturn.grants.add(org.grant())
    const refreshFn = keyturnRefreshFn(keyturn, NAME)
    const make = (accessToken: string | undefined): AnyConnection =>
      new (client.load())({
        instanceUrl: org.sim.url,
        version: '60.0',
        refreshFn,
        ...(accessToken === undefined ? {} : { accessToken }),
      })
    // A token of nobody: Keyturn's is handed out, nothing is exchanged.
    assert.equal((await make('00Dxx!stale').query(SOQL)).totalSize, 1)
    assert.equal((await make(undefined).query(SOQL)).totalSize, 1)
    clean(org, 0)
    // The current token, refused: one exchange, however many connections held it.
    const { accessToken } = await keyturn.token(NAME)
    const [one, two] = [make(accessToken), make(accessToken)]
    org.expire()
    assert.equal((await one.query(SOQL)).totalSize, 1)
    assert.equal((await two.query(SOQL)).totalSize, 1)
    clean(org, 1)
  })
}
