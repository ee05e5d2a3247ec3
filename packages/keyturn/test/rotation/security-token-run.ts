/** A rotation of a security token from its start to its verdict: one change, and jsforce as it is signs in with what consumers read. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import jsforce from 'jsforce'
import { verifyEntries } from '@keyturn/tokens/ledger'
import type { Run } from '../../src/rotation/credential.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { passwordScene, robot } from './password-scene.ts'
import type { PasswordScene, Place } from './password-scene.ts'
import { toTheEnd } from './scene.ts'

export const start = (rotation: Rotation, attended = false): Promise<Run> =>
  rotation.start('robot', { why: 'test', who: 'test', attended })

/** How often the password was changed: Setup Audit Trail knows. */
export const changes = async (place: PasswordScene): Promise<number> =>
  (await place.org('admin').query(`SELECT Display FROM SetupAuditTrail WHERE Action = 'changedpassword'`)).length

export const signsIn = async (place: PasswordScene, secret: string): Promise<boolean> => {
  const connection = new jsforce.Connection({ loginUrl: place.sim.url, version: '64.0' })
  return connection.login(robot, secret).then(
    () => true,
    () => false,
  )
}

export const judge = async (place: PasswordScene, run: Run): Promise<void> => {
  assert.equal(run.state, 'retired', run.problem?.text ?? run.person?.what)
  const now = place.sim.control.userSecrets({ user: robot })
  const { SF_USERNAME: user, SF_PASSWORD: password = '', SF_SECURITY_TOKEN: token = '' } = place.told()
  assert.deepEqual([user, password, token], [robot, now.password, now.securityToken])
  assert.equal(await signsIn(place, password + token), true, 'jsforce as it is signs in with what consumers read')
  assert.equal(await changes(place), 1, 'the password was changed once')
  assert.equal(run.exposed.length, 1)
  assert(run.exposed.every(({ from, to }) => to !== null && to > from))
  const ledger = await place.keyturn.store.ledger(1, 5_000)
  assert.equal(verifyEntries(ledger).ok, true)
  for (const secret of [now.password, now.securityToken])
    assert(!JSON.stringify([ledger, run]).includes(secret), 'no secret is in the ledger or the run')
}

export const turned = async (
  t: TestContext,
  of: Place = {},
  before: (place: PasswordScene) => void = () => undefined,
) => {
  const place = await passwordScene(t, of)
  before(place)
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  return { place, run }
}

export const noteOf = (run: Run, step: string): string => run.done.find((one) => one.step === step)?.note ?? ''
