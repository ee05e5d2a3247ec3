/** From where the org sees Keyturn: by the session it speaks by, and not by what else its user does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection, Row } from '../../src/org/connection.ts'
import { ownAddress } from '../../src/org/own-address.ts'

const logins: readonly Row[] = [
  { Status: 'Failed: Invalid Password', SourceIp: '198.51.100.66' },
  { Status: 'Success', SourceIp: '198.51.100.7' },
]

/** Only what is asked here; `sessions` null: the org refuses the question. */
const orgWith = (sessions: readonly Row[] | null, history: readonly Row[] = logins): OrgConnection =>
  ({
    whoAmI: () => Promise.resolve({ orgId: '00D', userId: '005', username: 'admin@acme.example' }),
    query: (soql: string) => {
      if (!soql.includes('AuthSession')) return Promise.resolve(history)
      return sessions === null
        ? Promise.reject(new KeyturnError('ORG_REFUSED', 'INVALID_TYPE: AuthSession'))
        : Promise.resolve(sessions)
    },
  }) as unknown as OrgConnection

test('the session that is current, not the browser or the other program of the same user', async () => {
  const sessions = [
    { IsCurrent: false, SourceIp: '192.0.2.1' },
    { IsCurrent: true, SourceIp: '203.0.113.9' },
  ]
  assert.equal(await ownAddress(orgWith(sessions)), '203.0.113.9')
})

test('without a session that says so: the last login by OAuth that worked; and nothing is guessed', async () => {
  for (const sessions of [null, [], [{ IsCurrent: false, SourceIp: '192.0.2.1' }]])
    assert.equal(await ownAddress(orgWith(sessions)), '198.51.100.7')
  const internal = [{ IsCurrent: true, SourceIp: 'Salesforce.com IP' }]
  assert.equal(await ownAddress(orgWith(internal, [])), null, 'what is no address counts for none')
  assert.equal(await ownAddress(orgWith([], [])), null)
})

test('an org that is away is no org that shows nothing', async () => {
  const away = {
    ...orgWith([]),
    query: () => Promise.reject(new KeyturnError('ORG_UNAVAILABLE', 'no answer')),
  }
  await assert.rejects(ownAddress(away), { code: 'ORG_UNAVAILABLE' })
})
