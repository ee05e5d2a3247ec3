/** Who is a machine: by licence and permission for certain, by the logins as far as that goes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { natureOf } from '../../../src/posture/collectors/users/nature.ts'
import { sampleLogin } from '../../../src/posture/controls/sample-facts.ts'

const user = { license: 'Salesforce', userType: 'Standard', permissions: [] as readonly string[] }
const page = (worked: number) => sampleLogin({ type: 'Application', subType: null, worked })
const programs = (worked: number) => sampleLogin({ worked })

test('licence and API-only tell a machine, whatever its logins', () => {
  assert.equal(natureOf({ ...user, license: 'Salesforce Integration' }, [page(9)]).is, 'machine')
  assert.equal(natureOf({ ...user, permissions: ['ApiUserOnly'] }, null).is, 'machine')
  assert.equal(natureOf(user, null).is, 'unknown')
})

test('by its logins: programs alone are a machine, the login page is a person, and neither is nobody knows', () => {
  assert.equal(natureOf(user, [programs(5)]).is, 'machine')
  assert.equal(natureOf(user, [programs(4)]).is, 'unknown')
  assert.equal(natureOf(user, []).is, 'unknown')
  assert.equal(natureOf(user, [page(1), programs(50)]).is, 'person')
  assert.equal(natureOf(user, [{ ...page(0), failed: 9 }, programs(50)]).is, 'machine', 'a failed login is nobody')
})

test('a person’s user that programs use all day long may be an integration’s, too; a person’s own tools are no sign of it', () => {
  assert.deepEqual(natureOf(user, [page(3), programs(4000)]), {
    is: 'person',
    why: '3 logins to the user interface, and 4000 by programs',
    programLogins: 4000,
  })
  assert.equal(natureOf(user, [page(90), programs(400)]).programLogins, undefined)
  assert.equal(natureOf(user, [page(1), programs(60)]).programLogins, undefined)
})
