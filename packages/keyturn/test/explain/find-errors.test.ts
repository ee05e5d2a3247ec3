/** Errors in answers, logs and what curl prints: each once, with its lines, and nothing of the text kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findErrors } from '../../src/explain/find-errors.ts'

/** `code text ×count first-last` */
const inText = async (text: string | Iterable<string>): Promise<readonly string[]> =>
  (await findErrors(typeof text === 'string' ? [text] : text)).map(
    ({ salesforce, keyturn, count, first, last }) =>
      `${keyturn ?? `${salesforce[0]?.code} ${salesforce.length === 1 ? (salesforce[0]?.text ?? '-') : `of ${salesforce.length > 1}`}`} ×${count} ${first}-${last}`,
  )

const cases: readonly (readonly [string, string, ...string[]])[] = [
  ['nothing', 'all is well\nthe token was refreshed\n'],
  [
    'an answer on one line',
    '{"error":"invalid_grant","error_description":"ip restricted"}',
    'invalid_grant ip restricted ×1 1-1',
  ],
  [
    'a pretty-printed answer',
    '{\n  "error": "invalid_grant",\n  "error_description": "expired access/refresh token"\n}',
    'invalid_grant expired access/refresh token ×1 3-3',
  ],
  [
    'a code whose text is unknown',
    '{"error":"invalid_grant","error_description":"something new"}',
    'invalid_grant of true ×1 1-1',
  ],
  [
    'curl -v: the body says more than the status',
    '> POST /services/oauth2/token HTTP/1.1\n< HTTP/1.1 400 Bad Request\n<\n{"error":"invalid_client_id","error_description":"client identifier invalid"}',
    'invalid_client_id client identifier invalid ×1 4-4',
  ],
  ['curl -v: only a status', '< HTTP/2 429 \n', 'HTTP 429 - ×1 1-1'],
  ['curl’s own', 'curl: (28) Operation timed out', 'curl: (28) - ×1 1-1'],
  [
    'REST, and the more special text of its code',
    '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]\n[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]',
    'INVALID_SESSION_ID Session expired or invalid ×1 1-1',
    'INVALID_SESSION_ID This session is not valid for use with the REST API ×1 2-2',
  ],
  [
    'SOAP',
    '<soapenv:Fault><faultcode>sf:LOGIN_MUST_USE_SECURITY_TOKEN</faultcode><faultstring>LOGIN_MUST_USE_SECURITY_TOKEN: Invalid username</faultstring>',
    'LOGIN_MUST_USE_SECURITY_TOKEN - ×1 1-1',
  ],
  [
    'a code that REST and SOAP share, in the form of one and of none',
    "[{'message': 'Session expired or invalid', 'errorCode': 'INVALID_SESSION_ID'}]\n\n\n\n\n\nINVALID_SESSION_ID somewhere",
    'INVALID_SESSION_ID Session expired or invalid ×1 1-1',
    'INVALID_SESSION_ID of true ×1 7-7',
  ],
  [
    'a log with several, counted',
    'a INVALID_FIELD: No such column\nok\nb {"error":"invalid_grant","error_description":"inactive user"}\nc UNABLE_TO_LOCK_ROW\nd INVALID_FIELD\n',
    'INVALID_FIELD - ×2 1-5',
    'invalid_grant inactive user ×1 3-3',
    'UNABLE_TO_LOCK_ROW - ×1 4-4',
  ],
  ['a code of Keyturn', 'keyturn[7]: GRANT_REFUSED: acme', 'GRANT_REFUSED ×1 1-1'],
  [
    'Login History',
    'etl@acme.example,Failed: API security token required\nbob@acme.example,Restricted IP',
    'LOGIN_ERROR_MUST_USE_API_TOKEN security token required ×1 1-1',
    'LOGIN_ERROR_RESTRICTED_DOMAIN restricted ip ×1 2-2',
  ],
  [
    'words of prose are no errors',
    'the audience is gone; not found\nGone fishing, the app blocked the door, version not_found\nepipe',
  ],
  ['within longer words neither', 'MY_INVALID_FIELD_X invalid_grants xNOT_FOUND'],
  [
    'of two texts the longer',
    'invalid_grant: ip restricted or invalid login hours',
    'invalid_grant ip restricted or invalid login hours ×1 1-1',
  ],
  [
    'a stack trace that repeats the bare code of its error',
    "invalid_grant: authentication failure\n    at postParams (oauth2.js:215:19)\n    at refresh (delegate.js:44:9)\n    at next (a.js:1:1)\n    at last (b.js:1:1)\n    at end (c.js:1:1) {\n  name: 'invalid_grant'\n}",
    'invalid_grant authentication failure ×1 1-1',
  ],
  [
    'Bulk API’s own spelling, as JSON and as XML',
    '{"exceptionCode":"InvalidSessionId","exceptionMessage":"Invalid session id"}\n<error><exceptionCode>ExceededQuota</exceptionCode></error>',
    'InvalidSessionId - ×1 1-1',
    'ExceededQuota - ×1 2-2',
  ],
  [
    'a traceback of Python',
    'simple_salesforce.exceptions.SalesforceAuthenticationFailed: INVALID_OPERATION: SOAP API login() is disabled by default in this org.\nrequests.exceptions.SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
    'INVALID_OPERATION SOAP API login() is disabled ×1 1-1',
    'CERTIFICATE_VERIFY_FAILED - ×1 2-2',
  ],
  [
    'a stack trace of Java',
    'Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find\nCaused by: java.net.SocketTimeoutException: Read timed out\nCaused by: java.net.UnknownHostException: login.salesforce.com',
    'PKIX path building failed - ×1 1-1',
    'SocketTimeoutException - ×1 2-2',
    'UnknownHostException - ×1 3-3',
  ],
  [
    'an answer whose text is also a status of Login History',
    '{"error":"inactive_user","error_description":"user is inactive"}',
    'inactive_user - ×1 1-1',
  ],
  ['line ends of Windows', 'x\r\nENOTFOUND\r\n', 'ENOTFOUND - ×1 2-2'],
]

for (const [name, text, ...expected] of cases)
  test(`in a text: ${name}`, async () => {
    assert.deepEqual(await inText(text), expected)
  })

test('it does not matter how the stream is cut', async () => {
  const text = 'x\n{"error":"invalid_grant","error_description":"ip restricted"}\nUNABLE_TO_LOCK_ROW\n'.repeat(3)
  const whole = await inText(text)
  assert.deepEqual(whole, ['invalid_grant ip restricted ×3 2-8', 'UNABLE_TO_LOCK_ROW - ×3 3-9'])
  assert.deepEqual(await inText(text), whole)
  assert.deepEqual(await inText(Array.from(text)), whole)
})

test('a line without an end is read in parts, and an error on a seam counts once', async () => {
  for (const before of [16_370, 16_384 - 256, 16_300, 40_000])
    assert.deepEqual(await inText(`${'x'.repeat(before)} UNABLE_TO_LOCK_ROW ${'y'.repeat(50_000)}`), [
      'UNABLE_TO_LOCK_ROW - ×1 1-1',
    ])
})

test('a long log is read with little memory and nothing of it is kept', async () => {
  const line = `10:00 INVALID_FIELD token=00D-secret ${'z'.repeat(180)}\n`
  const chunks = function* (): Generator<string> {
    for (let at = 0; at < 400; at++) yield line.repeat(300)
  }
  const [one] = await findErrors(chunks())
  assert.deepEqual([one?.count, one?.first, one?.last], [120_000, 1, 120_000])
  assert.doesNotMatch(JSON.stringify(one), /secret/)
})
