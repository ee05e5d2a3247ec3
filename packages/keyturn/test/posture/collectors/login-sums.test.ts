/** Logins in bounded memory: everything that tells two uses apart stays, and what is folded is the address alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLoginSums } from '../../../src/posture/collectors/logins/login-sums.ts'
import type { LoginRow } from '../../../src/posture/collectors/logins/login-sums.ts'

const login: LoginRow = {
  user: 'erp@acme.example',
  type: 'Other Apex API',
  subType: null,
  application: 'Erp',
  client: 'axis',
  host: 'login.salesforce.com',
  address: '203.0.113.7',
  worked: true,
  at: 5,
}

void test('the same login counts up; another host, client or outcome is kept apart or counted apart', () => {
  const sums = createLoginSums(100)
  sums.add(login)
  sums.add({ ...login, worked: false, at: 9 })
  sums.add({ ...login, host: 'acme.my.salesforce.com' })
  sums.add({ ...login, client: null })
  assert.deepEqual(
    sums.uses().map(({ host, client, worked, failed, last }) => [host, client, worked, failed, last]),
    [
      ['login.salesforce.com', 'axis', 1, 1, 9],
      ['acme.my.salesforce.com', 'axis', 1, 0, 5],
      ['login.salesforce.com', null, 1, 0, 5],
    ],
  )
  assert.equal(sums.folded(), 'none')
})

void test('where there are too many, people’s addresses become networks first, then all, then one; nothing else changes', () => {
  const person = { ...login, type: 'Application', application: 'Browser', client: 'Firefox' }
  const sums = createLoginSums(4)
  for (let n = 1; n <= 4; n += 1) sums.add({ ...person, address: `198.51.100.${n}` })
  sums.add(login)
  assert.equal(sums.folded(), 'people')
  assert.deepEqual(
    sums.uses().map(({ host, address, worked }) => [host, address, worked]),
    [
      ['login.salesforce.com', '198.51.100.0/24', 4],
      ['login.salesforce.com', '203.0.113.7', 1],
    ],
  )
  for (let n = 1; n <= 6; n += 1) sums.add({ ...login, address: `203.0.113.${100 + n}` })
  assert.equal(sums.folded(), 'all')
  for (let n = 1; n <= 6; n += 1) sums.add({ ...login, address: `192.0.${n}.1` })
  assert.equal(sums.folded(), 'gone')
  assert.deepEqual(
    sums.uses().map(({ host, application, address, worked }) => [host, application, address, worked]),
    [
      ['login.salesforce.com', 'Browser', '*', 4],
      ['login.salesforce.com', 'Erp', '*', 13],
    ],
  )
})
