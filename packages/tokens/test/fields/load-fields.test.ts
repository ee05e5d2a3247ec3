/** Field rights as a trimmed integration user really has them, asked over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Keyturn } from '../../src/contract.ts'
import { loadFields } from '../../src/fields/load-fields.ts'
import type { LoadFieldsOptions } from '../../src/fields/load-fields.ts'
import type { JudgedFields } from '../../src/fields/object-fields.ts'
import { NAME, startOrg } from '../adapters/org.ts'
import type { Org } from '../adapters/org.ts'

const TRIMMED = 'api@acme.example'
const VERSION = '60.0'

interface Asking {
  readonly keyturn: Keyturn
  readonly ask: (object: string, options?: LoadFieldsOptions) => Promise<JudgedFields>
  readonly paths: readonly string[]
}

const asking = async (org: Org): Promise<Asking> => {
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const paths: string[] = []
  return {
    keyturn,
    paths,
    ask: (object, options) =>
      loadFields(
        (path) => {
          paths.push(path)
          return keyturn.fetch(NAME, path)
        },
        object,
        { version: VERSION, ...options },
      ),
  }
}

test('a trimmed user sees exactly the rights of its permission set', async (t) => {
  const org = await startOrg(t, { user: TRIMMED })
  const { ask } = await asking(org)
  const account = await ask('account', { user: org.ready.userId })
  assert.equal(account.object, 'Account')
  assert.equal(account.field('AnnualRevenue'), undefined)
  assert.equal(account.deletable, false)
  assert.deepEqual(
    account
      .missing({
        Name: ['read', 'create', 'update'],
        Industry: ['read', 'update'],
        AnnualRevenue: 'read',
        Margin__c: 'update',
        BillingAddress: ['read', 'update'],
        BillingCity: 'update',
      })
      .map(({ field, right, cause }) => [field, right, cause]),
    [
      ['Industry', 'update', 'not-updateable'],
      ['AnnualRevenue', 'read', 'field-not-visible'],
      ['Margin__c', 'update', 'field-not-visible'],
      ['BillingAddress', 'update', 'compound'],
    ],
  )
  const opportunity = await ask('Opportunity')
  assert.equal(opportunity.missing({ Amount: 'update' })[0]?.cause, 'object-not-updateable')
})

test('an administrator lacks nothing of the same list', async (t) => {
  const { ask } = await asking(await startOrg(t, { user: 'admin@acme.example' }))
  const account = await ask('Account')
  account.require({
    Name: ['read', 'create', 'update'],
    Industry: 'update',
    AnnualRevenue: 'read',
    Margin__c: 'update',
  })
})

test('dotted names are followed to the objects they lead to, once each', async (t) => {
  const { ask, paths } = await asking(await startOrg(t, { user: TRIMMED }))
  const contact = await ask('Contact', {
    along: ['Account.Industry', 'Account.AnnualRevenue', 'account.Parent.Name', 'Nobody.Name'],
  })
  assert.deepEqual(
    contact
      .missing({
        'Account.Industry': 'read',
        'Account.AnnualRevenue': 'read',
        'Account.Parent.Name': 'read',
        'Nobody.Name': 'read',
      })
      .map(({ field, cause }) => [field, cause]),
    [
      ['Account.AnnualRevenue', 'field-not-visible'],
      ['Nobody.Name', 'relationship-not-visible'],
    ],
  )
  assert.deepEqual(
    paths.map((path) => path.split('/')[5]),
    ['Contact', 'Account', 'Account'],
  )
})

test('an object that this user may not see is judged, not thrown: nothing of it is there', async (t) => {
  const { ask } = await asking(await startOrg(t, { user: TRIMMED }))
  for (const object of ['Lead', 'Nonsense__c']) {
    const fields = await ask(object)
    assert.equal(fields.readable, false)
    assert.deepEqual(fields.fields, [])
    assert.throws(() => fields.require({ Name: 'read' }), { code: 'FIELDS_MISSING', message: new RegExp(object) })
  }
})

test('a version the org does not know is told apart from an object it does not show', async (t) => {
  const { ask } = await asking(await startOrg(t))
  await assert.rejects(ask('Account', { version: '99.0' }), { code: 'BAD_ARGUMENT', message: /99\.0/ })
})

test('a name that would lead elsewhere is refused before anything is asked', async (t) => {
  const { ask, paths } = await asking(await startOrg(t))
  for (const object of ['', '../query?q=', 'Account/describe', 'Account.Name', '1Account']) {
    await assert.rejects(ask(object), { code: 'BAD_ARGUMENT' })
  }
  assert.deepEqual(paths, [])
})

test('an answer that is no describe says so, without quoting it', async (t) => {
  const org = await startOrg(t)
  const { ask } = await asking(org)
  org.sim.control.addFault({ match: { path: 'describe' }, action: { status: 503, html: true } })
  await assert.rejects(ask('Account'), { code: 'ANSWER_UNREADABLE', message: /503/ })
  org.sim.control.addFault({ match: { path: 'describe' }, action: { status: 200, html: true } })
  await assert.rejects(ask('Account'), { code: 'ANSWER_UNREADABLE', message: /not JSON/ })
})
