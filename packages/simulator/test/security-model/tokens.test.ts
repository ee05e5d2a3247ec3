/** OauthToken and its traps: pages, the cap, whose rows, missing ids and apps, and where a token is revoked. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { scale } from '../../src/index.ts'
import { appOf, call, grantUnder, post, refresh, rows, simulator, userOf } from '../identity/wire.ts'
import { allPages, connectionOf, countOf, refusal, rowsOf } from './asking.ts'

const manyTokens = async () =>
  simulator({
    orgs: [
      scale({ name: 'many', users: 30, apps: 40, tokens: 3200, tokensOfOneUser: 2700, loginRows: 0, auditRows: 0 }),
    ],
  })

test('a query reaches 500 tokens a page and 2,500 in all, while COUNT() tells the truth', async () => {
  const sim = await manyTokens()
  const admin = connectionOf(sim, 'admin@many.example')
  const { pages, total } = await allPages(admin, 'SELECT AppName, UserId FROM OauthToken')
  assert.deepEqual([pages, total], [[500, 500, 500, 500, 500], 2500])
  assert.equal(await countOf(admin, 'SELECT COUNT() FROM OauthToken'), 3201)
})

test('partitions by user add up to the count, but for a user who alone holds more than the cap', async () => {
  const sim = await manyTokens()
  const admin = connectionOf(sim, 'admin@many.example')
  const users = await rowsOf(admin, 'SELECT Id FROM User ORDER BY Id')
  let reached = 0
  const over: string[] = []
  for (const { Id } of users) {
    const { rows: found } = await allPages(admin, `SELECT AppName FROM OauthToken WHERE UserId = '${String(Id)}'`)
    reached += found.length
    const all = await countOf(admin, `SELECT COUNT() FROM OauthToken WHERE UserId = '${String(Id)}'`)
    if (all > found.length) over.push(String(Id))
  }
  assert.equal(over.length, 1)
  assert.ok(reached < 3201)
  // Within the user, apps make the partitions small enough.
  let ofOne = 0
  const apps = await rowsOf(
    admin,
    `SELECT AppName, COUNT(UserId) n FROM OauthToken WHERE UserId = '${over[0]}' GROUP BY AppName`,
  )
  for (const { AppName } of apps)
    ofOne += (
      await allPages(
        admin,
        `SELECT AppName FROM OauthToken WHERE UserId = '${over[0]}' AND AppName = '${String(AppName)}'`,
      )
    ).rows.length
  assert.equal(ofOne, await countOf(admin, `SELECT COUNT() FROM OauthToken WHERE UserId = '${over[0]}'`))
})

test('steps of OFFSET go on where queryMore stops, without losing or repeating a token', async () => {
  const sim = await manyTokens()
  const admin = connectionOf(sim, 'admin@many.example')
  const seen = new Set<unknown>()
  for (const offset of [0, 2500]) {
    const { rows: found } = await allPages(admin, `SELECT DeleteToken FROM OauthToken LIMIT 2500 OFFSET ${offset}`)
    for (const row of found) seen.add(row['DeleteToken'])
  }
  assert.equal(seen.size, 3201)
})

test('a cursor by CreatedDate loses tokens that share a second, with > instead of >=', async () => {
  const sim = await manyTokens()
  const admin = connectionOf(sim, 'admin@many.example')
  const walk = async (operator: '>' | '>='): Promise<number> => {
    const seen = new Set<unknown>()
    let after = '1970-01-01T00:00:00.000Z'
    for (;;) {
      const soql = `SELECT DeleteToken, CreatedDate FROM OauthToken WHERE CreatedDate ${operator} ${after} ORDER BY CreatedDate ASC LIMIT 100`
      const page = await rowsOf(admin, soql)
      const fresh = page.filter((row) => !seen.has(row['DeleteToken']))
      for (const row of fresh) seen.add(row['DeleteToken'])
      if (fresh.length === 0) return seen.size
      after = String(page.at(-1)?.['CreatedDate']).replace('+0000', 'Z')
    }
  }
  assert.equal(await walk('>='), 3201)
  assert.ok((await walk('>')) < 3201)
})

test('without Customize Application a caller sees its own tokens only, and nothing tells it so', async () => {
  const sim = await simulator()
  sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
  const plain = connectionOf(sim, userOf(sim).username)
  assert.equal(await countOf(plain, 'SELECT COUNT() FROM OauthToken'), 1)
  const [row] = await rowsOf(plain, 'SELECT User.Username FROM OauthToken')
  assert.equal((row?.['User'] as { Username: string } | undefined)?.Username, userOf(sim).username)
  sim.control.givePermissions({ user: userOf(sim).username, permissions: ['CustomizeApplication'] })
  assert.equal(await countOf(plain, 'SELECT COUNT() FROM OauthToken'), 2)
})

test('the id is null, or there on some rows, or on all', async () => {
  const sim = await simulator()
  for (let i = 0; i < 5; i++) sim.control.grant({ user: userOf(sim).username, app: 'Web' })
  for (let i = 0; i < 5; i++) sim.control.grant({ user: userOf(sim, 'api').username, app: 'Web' })
  const admin = connectionOf(sim, userOf(sim, 'admin').username)
  const withId = async (): Promise<number> =>
    (await rowsOf(admin, 'SELECT Id FROM OauthToken')).filter((row) => row['Id'] !== null).length
  assert.equal(await withId(), 0)
  sim.control.changeOrg({ settings: { oauthTokenIds: 'some' } })
  const some = await withId()
  assert.ok(some > 0 && some < 11, `${some}`)
  sim.control.changeOrg({ settings: { oauthTokenIds: 'all' } })
  assert.equal(await withId(), 11)
})

test('tokens of an app that nobody installed lead to no app; those of external client apps may not either', async () => {
  const sim = await simulator()
  sim.control.addApp({ name: 'Ticket_Portal', settings: { installed: false } })
  sim.control.addApp({ name: 'Bridge', kind: 'external' })
  for (const app of ['Ticket_Portal', 'Bridge']) sim.control.grant({ user: userOf(sim).username, app })
  const admin = connectionOf(sim, userOf(sim, 'admin').username)
  const linked = async (): Promise<Readonly<Record<string, boolean>>> =>
    Object.fromEntries(
      (await rowsOf(admin, 'SELECT AppName, AppMenuItem.ApplicationId FROM OauthToken')).map((row) => [
        String(row['AppName']),
        row['AppMenuItem'] !== null,
      ]),
    )
  assert.deepEqual(await linked(), { Ticket_Portal: false, Bridge: true, Web: true })
  sim.control.changeOrg({ settings: { oauthTokenApps: 'connected-only' } })
  assert.deepEqual(await linked(), { Ticket_Portal: false, Bridge: false, Web: true })
  assert.equal(await countOf(admin, `SELECT COUNT() FROM ConnectedApplication WHERE Name = 'Ticket_Portal'`), 0)
  assert.equal(await countOf(admin, `SELECT COUNT() FROM AppMenuItem WHERE Name = 'Ticket_Portal'`), 0)
  sim.control.changeApp({ app: 'Ticket_Portal', settings: { installed: true } })
  assert.equal((await linked())['Ticket_Portal'], true)
})

test('a machine that comes without a refresh token is in no OauthToken row', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'Server')
  const answer = await post(`${sim.url}/services/oauth2/token`, {
    grant_type: 'client_credentials',
    client_id: app.clientId,
    client_secret: app.clientSecret,
  })
  assert.equal(answer.status, 200)
  const admin = connectionOf(sim, userOf(sim, 'admin').username)
  assert.equal(await countOf(admin, `SELECT COUNT() FROM OauthToken WHERE AppName = 'Server'`), 0)
})

test('an exchange of a refresh token may leave no login row: no login is not the same as no use', async () => {
  const sim = await simulator()
  sim.control.changeOrg({ settings: { refreshLogins: 'absent' } })
  const grant = grantUnder(sim, {})
  assert.equal((await refresh(sim, grant)).status, 200)
  const logins = await rows(sim, `SELECT Id FROM LoginHistory WHERE UserId = '${grant.userId}'`)
  assert.equal(logins.length, 0)
  const [token] = await rows(sim, `SELECT UseCount FROM OauthToken WHERE UserId = '${grant.userId}'`)
  assert.equal(token?.['UseCount'], 2)
})

test('production’s login host does not revoke a sandbox’s token: the grant stays alive', async () => {
  const sim = await simulator({ orgs: [{ name: 'acme', sandbox: true }] })
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'Web' })
  const revoked = async (host: string): Promise<number> =>
    (await post(`${host}/services/oauth2/revoke`, { token: grant.refreshToken })).status
  assert.equal(await revoked(sim.loginUrl), 400)
  assert.equal((await call(sim, grant.accessToken)).status, 200)
  assert.equal(await revoked(sim.url), 200)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
})

test('a capped result’s locator has a prefix of its own, and a caller can’t go on with another’s', async () => {
  const sim = await manyTokens()
  const admin = connectionOf(sim, 'admin@many.example')
  const { nextRecordsUrl } = await admin.query('SELECT AppName FROM OauthToken')
  assert.match(String(nextRecordsUrl), /\/query\/0r8\w{15}-500$/)
  const other = connectionOf(sim, 'user1@many.example')
  assert.equal(await refusal(other.queryMore(String(nextRecordsUrl))), 'INVALID_QUERY_LOCATOR')
})
