/** The judgement on describe answers: what is missing, and why. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError } from '../../src/errors.ts'
import { describedObject } from '../../src/fields/describe.ts'
import { objectFields } from '../../src/fields/object-fields.ts'
import type { RequiredFields } from '../../src/contract.ts'
import type { MissingCause } from '../../src/fields/object-fields.ts'

const field = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  name,
  label: name,
  type: 'string',
  createable: true,
  updateable: true,
  filterable: true,
  ...more,
})

const contact = {
  name: 'Contact',
  queryable: true,
  createable: true,
  updateable: true,
  deletable: false,
  fields: [
    field('Id', { type: 'id', createable: false, updateable: false }),
    field('Name', { createable: false, updateable: false, compoundFieldName: 'Name' }),
    field('FirstName', { compoundFieldName: 'Name' }),
    field('LastName', { compoundFieldName: 'Name' }),
    field('MailingAddress', { type: 'address', createable: false, updateable: false }),
    field('MailingStreet', { compoundFieldName: 'MailingAddress' }),
    field('Score__c', { calculated: true, createable: false, updateable: false }),
    field('Level__c', { updateable: false }),
    field('AccountId', { type: 'reference', referenceTo: ['Account'], relationshipName: 'Account' }),
    field('OwnerId', { type: 'reference', referenceTo: ['Group', 'User'], relationshipName: 'Owner' }),
  ],
}

const account = {
  name: 'Account',
  queryable: true,
  createable: false,
  updateable: true,
  deletable: false,
  fields: [field('Name'), field('Industry', { updateable: false })],
}

const related = new Map([['account', describedObject(account)]])

const causes = (required: RequiredFields): readonly (readonly [string, string, MissingCause])[] =>
  objectFields(contact, null, related)
    .missing(required)
    .map(({ field: name, right, cause }) => [name, right, cause])

test('a field that is not listed is missing, whatever an `accessible` flag says', () => {
  const described = objectFields({ ...contact, fields: [{ ...field('Id'), accessible: false }] }, '005x')
  assert.deepEqual(described.missing({ Id: 'read' }), [])
  assert.equal(described.missing({ Birthdate: 'read' })[0]?.cause, 'field-not-visible')
  assert.equal(described.field('Birthdate'), undefined)
  assert.equal(described.user, '005x')
})

test('names are case-insensitive, here and along relationships', () => {
  assert.deepEqual(causes({ lastname: ['read', 'create', 'update'], 'ACCOUNT.industry': 'read' }), [])
  assert.equal(objectFields(contact, null).field('LASTNAME')?.name, 'LastName')
})

test('each missing right has its cause', () => {
  assert.deepEqual(
    causes({
      Birthdate: 'update',
      Name: 'update',
      MailingAddress: 'create',
      Score__c: 'update',
      Level__c: ['create', 'update'],
      Id: 'create',
      'Account.Name': ['update', 'create'],
      'Account.Industry': ['read', 'update'],
      'Account.Nothing__c': 'read',
      'Boss.Name': 'read',
      'Owner.Name': 'read',
    }),
    [
      ['Birthdate', 'update', 'field-not-visible'],
      ['Name', 'update', 'compound'],
      ['MailingAddress', 'create', 'compound'],
      ['Score__c', 'update', 'calculated'],
      ['Level__c', 'update', 'not-updateable'],
      ['Id', 'create', 'not-createable'],
      ['Account.Name', 'create', 'object-not-createable'],
      ['Account.Industry', 'update', 'not-updateable'],
      ['Account.Nothing__c', 'read', 'field-not-visible'],
      ['Boss.Name', 'read', 'relationship-not-visible'],
      ['Owner.Name', 'read', 'relationship-not-loaded'],
    ],
  )
})

test('require throws one error that names every field, right and cause', () => {
  const fields = objectFields(contact, '005x', related)
  fields.require({ LastName: 'update', 'Account.Industry': 'read' })
  assert.throws(
    () => fields.require({ Birthdate: 'read', Name: 'update' }),
    (error: unknown) => {
      assert.ok(error instanceof KeyturnError)
      assert.equal(error.code, 'FIELDS_MISSING')
      assert.match(error.message, /Contact for user 005x: Birthdate:read is missing \(.*can't read it\)/)
      assert.match(error.message, /Name:update is missing \(.*FirstName, LastName\)/)
      assert.equal((error.data['missing'] as readonly unknown[]).length, 2)
      return true
    },
  )
})

test('an object that can be created but not queried, as a platform event, has no readable fields', () => {
  const event = { ...contact, name: 'Order__e', queryable: false, fields: [field('Number__c')] }
  const fields = objectFields(event, null)
  assert.equal(fields.readable, false)
  assert.equal(fields.missing({ Number__c: ['create', 'read'] })[0]?.cause, 'object-not-readable')
})

test("a field's rights need the object's rights too", () => {
  assert.deepEqual(objectFields({ ...contact, updateable: false }, null).field('LastName'), {
    name: 'LastName',
    label: 'LastName',
    type: 'string',
    read: true,
    create: true,
    update: false,
    filter: true,
  })
})

test('an answer that lacks what decides is refused, not guessed at', () => {
  const broken: readonly (readonly [unknown, RegExp])[] = [
    [null, /not an object/],
    ['<html>', /not an object/],
    [[], /not an object/],
    [{ ...contact, name: '' }, /no name/],
    [{ ...contact, fields: {} }, /no fields/],
    [{ ...contact, updateable: 'yes' }, /no updateable/],
    [{ ...contact, fields: [null] }, /not an object/],
    [{ ...contact, fields: [{ name: 'Id', createable: true }] }, /Contact.Id has no updateable/],
  ]
  for (const [value, message] of broken) {
    assert.throws(() => objectFields(value, null), { code: 'ANSWER_UNREADABLE', message })
  }
})

test('a right that is none is a usage error', () => {
  assert.throws(() => objectFields(contact, null).missing({ Id: 'write' as 'read' }), { code: 'BAD_ARGUMENT' })
})
