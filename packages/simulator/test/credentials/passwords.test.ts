/** Passwords over REST and SOAP: who may, what the policies refuse, and what follows from a change. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, refresh, rows, simulator, token, userOf, appOf } from '../identity/wire.ts'
import { admin, errorOf, faultOf, login, rest, sessionOf, setPassword, soap } from './asking.ts'
import type { Simulator } from '../../src/index.ts'

const day = 86_400_000
const trusted = '127.0.0.1'

const refusalOf = async (sim: Simulator, password: string): Promise<string | undefined> => {
  const answer = await setPassword(sim, admin(sim), userOf(sim).id, password)
  return answer.status === 204 ? undefined : errorOf(answer)[2]
}

test('the password resource says whether it has expired, sets it, and resets it to a generated one', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const session = admin(sim)
  const path = `/sobjects/User/${user.id}/password`
  assert.deepEqual((await rest(sim, session, 'GET', path)).json, { isExpired: false })
  assert.equal((await rest(sim, session, 'HEAD', path)).status, 200)
  const set = await setPassword(sim, session, user.id.slice(0, 15), 'brand-new-1')
  assert.deepEqual([set.status, set.text], [204, ''])
  assert.equal(await login(sim, user.username, user.password, trusted), 'INVALID_LOGIN')
  assert.equal(await login(sim, user.username, 'brand-new-1', trusted), 'in')

  const reset = await rest(sim, session, 'DELETE', path)
  assert.equal(reset.status, 200)
  const generated = reset.json['NewPassword'] ?? ''
  assert.equal(await login(sim, user.username, 'brand-new-1', trusted), 'INVALID_LOGIN')
  assert.deepEqual((await rest(sim, session, 'GET', path)).json, { isExpired: true })
  const answer = await soap(
    sim,
    `<login><username>${user.username}</username><password>${generated}</password></login>`,
  )
  assert.match(answer.text, /<passwordExpired>true</)
  assert.deepEqual(
    sim.control.mails({ kind: 'password-reset' }).map((mail) => [mail.user, mail.recipient, mail.state]),
    [[user.username, user.username, 'unsent']],
  )
})

test('a password is its owner’s and theirs who may reset passwords; others get 403, and unknown users 404', async () => {
  const sim = await simulator()
  const [owner, other] = [userOf(sim), userOf(sim, 'admin')]
  const session = sessionOf(sim, owner.username)
  assert.equal((await setPassword(sim, session, owner.id, 'of-my-own-1')).status, 204)
  const denied = [403, 'INSUFFICIENT_ACCESS', 'You do not have permission to view this record.']
  assert.deepEqual(errorOf(await setPassword(sim, session, other.id, 'of-another-1')), denied)
  assert.deepEqual(errorOf(await rest(sim, session, 'GET', `/sobjects/User/${other.id}/password`)), denied)
  assert.deepEqual(errorOf(await rest(sim, session, 'DELETE', `/sobjects/User/${other.id}/password`)), denied)
  sim.control.givePermissions({ user: owner.username, permissions: ['ResetPasswords'] })
  assert.equal((await setPassword(sim, session, other.id, 'of-another-1')).status, 204)
  assert.equal((await setPassword(sim, session, '005000000000001AAA', 'of-nobody-1')).status, 404)
  assert.equal((await rest(sim, session, 'POST', `/sobjects/User/${owner.id}/password`, { Password: 'x' })).status, 400)

  sim.control.changeOrg({ settings: { setPasswordForSelf: false } })
  assert.deepEqual(errorOf(await setPassword(sim, session, owner.id, 'of-my-own-2')), denied)
})

test('each policy refuses with INVALID_NEW_PASSWORD and its own words', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  assert.equal(await refusalOf(sim, 'short1'), 'Your password must be at least 8 characters long.')
  assert.equal(await refusalOf(sim, 'onlyletters'), 'Your password must have a mix of letters and numbers.')
  assert.match((await refusalOf(sim, 'password1')) ?? '', /cannot be easy to guess/)
  assert.match((await refusalOf(sim, `${user.username}1`)) ?? '', /cannot be easy to guess/)
  sim.control.changeUser({ user: user.username, change: { passwordQuestion: 'Is it Rosebud-77?' } })
  assert.match((await refusalOf(sim, 'rosebud-77')) ?? '', /security question/)
  sim.control.changeOrg({ settings: { passwordQuestionRestriction: 'None' } })
  assert.equal(await refusalOf(sim, 'rosebud-77'), undefined)
  const complexities = {
    SpecialCharacters: ['letters123', 'letters-123'],
    UpperLowerCaseNumeric: ['lower-1234', 'Upper-1234'],
    UpperLowerCaseNumericSpecialCharacters: ['Upper12345', 'Upper-12345'],
    Any3UpperLowerCaseNumericSpecialCharacters: ['lower12345', 'Lower67890'],
    NoRestriction: ['1234', 'only-letters'],
  } as const
  for (const [passwordComplexity, [bad, good]] of Object.entries(complexities)) {
    sim.control.changeOrg({ settings: { passwordComplexity: passwordComplexity as keyof typeof complexities } })
    assert.notEqual(await refusalOf(sim, bad), undefined, passwordComplexity)
    assert.equal(await refusalOf(sim, good), undefined, passwordComplexity)
  }
  sim.control.changeOrg({ settings: { passwordRefusalStatus: 500 } })
  const answer = await setPassword(sim, admin(sim), user.id, '1')
  assert.deepEqual(errorOf(answer).slice(0, 2), [500, 'INVALID_NEW_PASSWORD'])
})

test('the last passwords can’t come back, the present one included, as many as the history holds', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const session = admin(sim)
  for (const password of ['number-1', 'number-2', 'number-3', 'number-4'])
    assert.equal((await setPassword(sim, session, user.id, password)).status, 204)
  for (const password of ['number-4', 'number-3', 'number-2'])
    assert.deepEqual(errorOf(await setPassword(sim, session, user.id, password)), [
      400,
      'INVALID_NEW_PASSWORD',
      'invalid repeated password',
    ])
  assert.equal((await setPassword(sim, session, user.id, 'number-1')).status, 204)
  sim.control.changeOrg({ settings: { passwordHistory: 0 } })
  assert.equal((await setPassword(sim, session, user.id, 'number-1')).status, 204)
})

test('a password of less than a day stays where the policy says so, for administrators and resets too', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  sim.control.changeOrg({ settings: { passwordMinimumLifetime: true } })
  const reset = await rest(sim, admin(sim), 'DELETE', `/sobjects/User/${user.id}/password`)
  assert.equal(errorOf(reset)[1], 'INVALID_NEW_PASSWORD')
  assert.match((await refusalOf(sim, 'tomorrow-1')) ?? '', /more than once in a 24-hour period/)
  sim.control.moveClock({ advanceMs: day })
  assert.equal(await refusalOf(sim, 'tomorrow-1'), undefined)
})

test('a profile with a policy of its own goes by that one alone', async () => {
  const sim = await simulator()
  sim.control.changeOrg({
    settings: {
      passwordComplexity: 'UpperLowerCaseNumericSpecialCharacters',
      profilePasswordPolicies: { 'Standard User': { passwordMinimumLength: 20 } },
    },
  })
  assert.equal(await refusalOf(sim, 'Upper-12345'), 'Your password must be at least 20 characters long.')
  assert.equal(await refusalOf(sim, 'nothing-but-lower-1234'), undefined)
})

test('a misspelt switch or value is an error, in a profile’s policy too', async () => {
  const sim = await simulator()
  for (const settings of [
    { passwordComplexity: 'Strong' },
    { passwordChangeEndsSessions: 'some' },
    { passwordResetEnds: 'api' },
    { tokenFromTrusted: 'maybe' },
    { passwordRefusalStatus: 418 },
    { passwordQuestionRestriction: 'Any' },
    { profilePasswordPolicies: { 'Standard User': { minimumLength: 9 } } },
    { profilePasswordPolicies: { 'Standard User': { passwordComplexity: 'Strong' } } },
  ])
    assert.throws(() => sim.control.changeOrg({ settings: settings as object }), JSON.stringify(settings))
})

test('passwords expire by age: login says so, the one call that helps is setPassword, and then the session is whole', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const fields = 'SELECT LastPasswordChangeDate, PasswordExpirationDate FROM User'
  sim.control.moveClock({ advanceMs: 91 * day })
  const answer = await soap(
    sim,
    `<login><username>${user.username}</username><password>${user.password}</password></login>`,
  )
  assert.match(answer.text, /<passwordExpired>true</)
  const session = /<sessionId>([^<]+)</.exec(answer.text)?.[1] ?? ''
  assert.equal((await call(sim, session)).status, 403)
  const before = (await rows(sim, `${fields} WHERE Id = '${user.id}'`))[0]
  assert.deepEqual((await rest(sim, session, 'GET', `/sobjects/User/${user.id}/password`)).json, { isExpired: true })
  const set = `<setPassword><userId>${user.id}</userId><password>young-again-1</password></setPassword>`
  assert.match((await soap(sim, set, { session })).text, /<setPasswordResponse><result><\/result>/)
  assert.equal((await call(sim, session)).status, 200)
  const after = (await rows(sim, `${fields} WHERE Id = '${user.id}'`))[0]
  for (const field of ['LastPasswordChangeDate', 'PasswordExpirationDate'])
    assert.equal(Date.parse(String(after?.[field])) - Date.parse(String(before?.[field])), 91 * day, field)
  sim.control.moveClock({ advanceMs: 91 * day })
  sim.control.givePermissions({ user: user.username, permissions: ['PasswordNeverExpires'] })
  assert.equal(await login(sim, user.username, 'young-again-1', trusted), 'in')
})

test('an expired password is refused by the username-password flow', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const app = appOf(sim, 'Web')
  const ask = async (): Promise<number> => {
    const form = {
      grant_type: 'password',
      client_id: app.clientId,
      client_secret: app.clientSecret,
      username: user.username,
      password: user.password,
    }
    return (await token(sim, form)).status
  }
  assert.equal(await ask(), 200)
  sim.control.moveClock({ advanceMs: 91 * day })
  assert.equal(await ask(), 400)
  sim.control.changeOrg({ settings: { passwordExpiryDays: null } })
  assert.equal(await ask(), 200)
})

test('setPassword, resetPassword and changeOwnPassword over SOAP, partner and enterprise, with their faults', async () => {
  for (const flavour of ['u', 'c'] as const) {
    const sim = await simulator()
    const [owner, other] = [userOf(sim), userOf(sim, 'admin')]
    const session = sessionOf(sim, owner.username)
    const boss = admin(sim)
    const set = (id: string, password: string): string =>
      `<setPassword><userId>${id}</userId><password>${password}</password></setPassword>`
    const own = (oldPassword: string, password: string): string =>
      `<changeOwnPassword><oldPassword>${oldPassword}</oldPassword><newPassword>${password}</newPassword></changeOwnPassword>`

    assert.equal((await soap(sim, set(owner.id, 'over-soap-1'), { session: boss, flavour })).status, 200)
    assert.equal(await login(sim, owner.username, 'over-soap-1', trusted), 'in')
    assert.deepEqual(faultOf(await soap(sim, set(other.id, 'over-soap-2'), { session, flavour })), [
      'INSUFFICIENT_ACCESS',
      'You do not have permission to view this record.',
      'UnexpectedErrorFault',
    ])
    assert.deepEqual(faultOf(await soap(sim, set('nonsense', 'over-soap-2'), { session: boss, flavour })).slice(0, 1), [
      'INVALID_ID_FIELD',
    ])
    assert.deepEqual(faultOf(await soap(sim, set(owner.id, 'over-soap-1'), { session: boss, flavour })), [
      'INVALID_NEW_PASSWORD',
      'invalid repeated password',
      'InvalidNewPasswordFault',
    ])
    assert.deepEqual(faultOf(await soap(sim, own('wrong', 'over-soap-3'), { session, flavour })).slice(0, 1), [
      'INVALID_OLD_PASSWORD',
    ])
    assert.match(
      (await soap(sim, own('over-soap-1', 'over-soap-3'), { session, flavour })).text,
      /<changeOwnPasswordResponse>/,
    )
    assert.equal(await login(sim, owner.username, 'over-soap-3', trusted), 'in')
    const reset = await soap(sim, `<resetPassword><userId>${owner.id}</userId></resetPassword>`, {
      session: boss,
      flavour,
    })
    const made = /<password>([^<]+)</.exec(reset.text)?.[1] ?? ''
    assert.equal(await login(sim, owner.username, made, trusted), 'in')
    assert.equal(sim.control.mails({ kind: 'password-reset' }).length, 0)
    const header = '<EmailHeader><triggerUserEmail>true</triggerUserEmail></EmailHeader>'
    await soap(sim, `<resetPassword><userId>${owner.id}</userId></resetPassword>`, { session: boss, flavour, header })
    assert.equal(sim.control.mails({ kind: 'password-reset' }).length, 1)
    sim.control.changeOrg({ settings: { setPasswordForSelf: false } })
    assert.equal(faultOf(await soap(sim, set(owner.id, 'over-soap-4'), { session, flavour }))[0], 'INSUFFICIENT_ACCESS')
  }
})

test('which sessions end with a password is a switch, and an administrator’s reset has one of its own', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const boss = admin(sim)
  const two = (): readonly [string, string] => [sessionOf(sim, user.username), sessionOf(sim, user.username)]
  const statuses = async (sessions: readonly string[]): Promise<readonly number[]> =>
    Promise.all(sessions.map(async (session) => (await call(sim, session)).status))

  let [used, other] = two()
  await setPassword(sim, used, user.id, 'nobody-out-1')
  assert.deepEqual(await statuses([used, other]), [200, 200])
  sim.control.changeOrg({ settings: { passwordChangeEndsSessions: 'others' } })
  await setPassword(sim, used, user.id, 'others-out-1')
  assert.deepEqual(await statuses([used, other]), [200, 401])
  sim.control.changeOrg({ settings: { passwordChangeEndsSessions: 'all' } })
  await setPassword(sim, used, user.id, 'all-out-11')
  assert.deepEqual(await statuses([used]), [401])
  sim.control.changeOrg({ settings: { passwordChangeEndsSessions: 'none', endSessionsOnPasswordReset: true } })
  ;[used, other] = two()
  await setPassword(sim, used, user.id, 'own-one-out-1')
  assert.deepEqual(await statuses([used, other]), [200, 200])
  await setPassword(sim, boss, user.id, 'by-the-boss-1')
  assert.deepEqual(await statuses([used, other]), [200, 200])
  sim.control.changeOrg({ settings: { passwordResetEnds: 'all' } })
  const grant = sim.control.grant({ user: user.username, app: 'Web' })
  await setPassword(sim, boss, user.id, 'all-by-boss-1')
  assert.deepEqual(await statuses([used, other, grant.accessToken]), [401, 401, 401])
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('a lockout ends by a new password, or by unlocking; and may be for ever', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  sim.control.changeOrg({ settings: { lockoutAttempts: 2, lockoutMs: null } })
  const lockOut = async (): Promise<void> => {
    for (let i = 0; i < 2; i++) await login(sim, user.username, 'wrong', trusted)
  }
  await lockOut()
  sim.control.moveClock({ advanceMs: 30 * day })
  assert.equal(await login(sim, user.username, user.password, trusted), 'INVALID_LOGIN')
  const [row] = await rows(sim, `SELECT Id, IsPasswordLocked FROM UserLogin WHERE UserId = '${user.id}'`)
  assert.equal(row?.['IsPasswordLocked'], true)
  const path = `/sobjects/UserLogin/${String(row?.['Id'])}`
  assert.equal((await rest(sim, admin(sim), 'PATCH', path, { IsPasswordLocked: false })).status, 204)
  assert.equal(await login(sim, user.username, user.password, trusted), 'in')
  await lockOut()
  await setPassword(sim, admin(sim), user.id, 'unlocked-1')
  assert.equal(await login(sim, user.username, 'unlocked-1', trusted), 'in')
  sim.control.changeOrg({ settings: { lockoutAttempts: null } })
  for (let i = 0; i < 12; i++) await login(sim, user.username, 'wrong', trusted)
  assert.equal(await login(sim, user.username, 'unlocked-1', trusted), 'in')
})

test('a changed password leaves its traces: audit trail, failed logins with the old one, and the list of secrets', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  await setPassword(sim, admin(sim), user.id, 'traceable-1')
  await login(sim, user.username, user.password + user.securityToken)
  const audit = await rows(sim, `SELECT Action, CreatedById FROM SetupAuditTrail WHERE Action = 'changedpassword'`)
  assert.deepEqual(
    audit.map((row) => row['CreatedById']),
    [userOf(sim, 'admin').id],
  )
  const [failed] = await rows(sim, `SELECT Status, SourceIp FROM LoginHistory WHERE UserId = '${user.id}'`)
  assert.deepEqual([failed?.['Status'], failed?.['SourceIp']], ['Invalid Password', '198.51.100.7'])
  const { password, securityToken } = sim.control.userSecrets({ user: user.username })
  for (const secret of [user.password, user.securityToken, password, securityToken])
    assert.ok(sim.control.secrets().includes(secret))
})

test('jsforce, unmodified, sets and resets passwords over REST and SOAP', async () => {
  const { Connection } = await import('jsforce')
  const sim = await simulator()
  const user = userOf(sim)
  const connection = new Connection({ instanceUrl: sim.url, accessToken: admin(sim), version: '64.0' })
  await connection.soap.setPassword(user.id, 'by-jsforce-1')
  assert.equal(await login(sim, user.username, 'by-jsforce-1', trusted), 'in')
  const { password } = await connection.soap.resetPassword(user.id)
  assert.equal(await login(sim, user.username, password, trusted), 'in')
  await assert.rejects(async () => connection.soap.setPassword(user.id, 'short'), /at least 8 characters/)
  const url = `/services/data/v66.0/sobjects/User/${user.id}/password`
  const headers = { 'content-type': 'application/json' }
  await connection.request({ method: 'POST', url, headers, body: JSON.stringify({ NewPassword: 'by-jsforce-2' }) })
  assert.equal(await login(sim, user.username, 'by-jsforce-2', trusted), 'in')
  await assert.rejects(
    async () =>
      connection.request({ method: 'POST', url, headers, body: JSON.stringify({ NewPassword: 'by-jsforce-2' }) }),
    { errorCode: 'INVALID_NEW_PASSWORD', message: 'invalid repeated password' },
  )
})
