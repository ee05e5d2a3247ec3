/** The table of Salesforce's errors: complete, specific before general, and every grant state has its story. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorTable } from '@keyturn/tokens'
import { explain, explainAny } from '../../src/explain/explain.ts'
import { salesforceErrors } from '../../src/explain/salesforce-errors.ts'
import { makeFolder } from '../cli.ts'

test('every row says cause, evidence and next step, and no two rows are the same', () => {
  for (const { code, cause, evidence, next } of salesforceErrors)
    for (const text of [code, cause, evidence, next]) assert(text.length > 2, code)
  const names = salesforceErrors.map(({ where, code, text, status }) => `${where} ${code} ${text} ${status}`)
  assert.equal(new Set(names).size, names.length)
  assert(salesforceErrors.length > 70)
  assert(Object.values(errorTable).every(({ fix }) => fix.length > 2))
})

test('explain tells of each code of Keyturn what happened and what to do, and the list has them all', async (t) => {
  const folder = makeFolder(t)
  const told = await folder.run(['explain', 'ROTATION_BUSY'])
  assert.match(told.stdout, /^ROTATION_BUSY .*exit code 7.*\n {2}Another process.*\n {2}→ Wait/m)
  const { value } = await folder.json(['explain', '--list'])
  assert.deepEqual(
    value.keyturn.map(({ code }: { code: string }) => code),
    Object.keys(errorTable),
  )
  for (const both of [
    ['foo', '--list'],
    ['--list', '--app', 'Erp', '--grant', 'acme'],
  ]) {
    const { code, value: refused } = await folder.json(['explain', ...both])
    assert.deepEqual([code, refused.error.code], [2, 'BAD_ARGUMENT'], both.join(' '))
  }
  for (const { code, cause, fix } of value.keyturn)
    assert(cause.length > 20 && fix.length > 10 && cause !== fix, `${code}: ${cause}`)
})

test('each row is found by its own code and text', () => {
  for (const row of salesforceErrors) {
    const found = explain(row.code, row.text ?? '')
    assert(found !== null)
    assert.equal(found.code.toLowerCase(), row.code.toLowerCase())
    assert(explainAny(row.text ?? row.code).length > 0, row.code)
  }
})

const pasted: readonly (readonly [string, RegExp])[] = [
  ['{"error":"invalid_grant","error_description":"token request is already being processed"}', /under way/],
  ['{"error_description":"EXPIRED ACCESS/REFRESH TOKEN","error":"invalid_grant"}', /already used/],
  ['invalid_grant: ip restricted or invalid login hours', /login hours/],
  ['[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]', /expired or was ended/],
  [
    '[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]',
    /Another token changes nothing/,
  ],
  ['<sf:exceptionCode>LOGIN_MUST_USE_SECURITY_TOKEN</sf:exceptionCode>', /security token/],
  ['Bad_OAuth_Token', /dead/],
  ['error=OAUTH_EC_APP_NOT_FOUND', /not installed/],
]

test('a whole answer is understood, the specific row first', () => {
  for (const [text, cause] of pasted) assert.match(explainAny(text)[0]?.cause ?? 'nothing', cause, text)
  assert.deepEqual(explainAny('all is well'), [])
})
