/** The table of Salesforce's errors: complete, specific before general, and every grant state has its story. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorTable } from '@keyturn/tokens'
import { explain, explainAny } from '../../src/explain/explain.ts'
import { salesforceErrors } from '../../src/explain/salesforce-errors.ts'

test('every row says cause, evidence and next step, and no two rows are the same', () => {
  for (const { code, cause, evidence, next } of salesforceErrors)
    for (const text of [code, cause, evidence, next]) assert(text.length > 2, code)
  const names = salesforceErrors.map(({ where, code, text, status }) => `${where} ${code} ${text} ${status}`)
  assert.equal(new Set(names).size, names.length)
  assert(salesforceErrors.length > 70)
  assert(Object.values(errorTable).every(({ fix }) => fix.length > 2))
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
