/** The table covers what is documented and what the simulator can answer; nothing of the simulator's is without a row. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSync } from 'oxc-parser'
import { explain } from '../../src/explain/explain.ts'
import { findErrors } from '../../src/explain/find-errors.ts'
import { salesforceErrors } from '../../src/explain/salesforce-errors.ts'

const simulator = join(import.meta.dirname, '../../../simulator/src')

type Node = Readonly<Record<string, unknown>>

/** Every text of the simulator's sources, with the call or property it stands in. */
const textsOfSimulator = (): readonly { readonly text: string; readonly at: string; readonly path: string }[] =>
  readdirSync(simulator, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/scenarios|scale/.test(path))
    .flatMap((path) => {
      const found: { readonly text: string; readonly at: string; readonly path: string }[] = []
      const walk = (node: unknown, at: string): void => {
        if (Array.isArray(node)) return node.forEach((one) => walk(one, at))
        if (typeof node !== 'object' || node === null) return
        const { type, value, callee, key } = node as Node & { readonly callee?: Node; readonly key?: Node }
        if (type === 'Literal' && typeof value === 'string')
          found.push({ text: value, at, path: path.replaceAll('\\', '/') })
        else if ((type === 'CallExpression' || type === 'NewExpression') && callee !== undefined) {
          const name = String(callee['name'] ?? (callee['property'] as Node | undefined)?.['name'])
          ;(node as { readonly arguments: readonly unknown[] }).arguments.forEach((one, index) =>
            walk(one, `${name}#${index}`),
          )
          walk(callee, at)
        } else if (type === 'Property' && key !== undefined) walk(value, `.${String(key['name'] ?? key['value'])}`)
        else for (const part of Object.values(node)) walk(part, at)
      }
      walk(parseSync(path, readFileSync(join(simulator, path), 'utf8')).program, '')
      return found
    })

const carriesCode =
  /^(ApiError#1|CallRefusal#0|bad#0|failed#0|faultOf#1|refusal#[12]|refuse#0|\.errorCode|\.statusCode|\.errorStatusCode|\.code)$/
const isCode = /^[A-Z]+(_[A-Z]+)+$/
const carriesStatus = /^(\.status|seen#0|failed#0)$/
/** Jobs and deployments have states, too; a login that worked needs no word. */
const noFailure = new Set([
  'Success',
  'Succeeded',
  'Failed',
  'InProgress',
  'Pending',
  'Queued',
  'Canceled',
  'Updated',
  'Outdated',
])

test('each code the simulator’s APIs answer has a row', () => {
  const codes = new Map(
    textsOfSimulator()
      .filter(
        ({ text, at, path }) =>
          isCode.test(text) && (carriesCode.test(at) || (path === 'soap/login.ts' && /LOGIN|API|ORG/.test(text))),
      )
      .map(({ text, path }) => [text, path]),
  )
  assert.ok(codes.size > 45, `${codes.size} codes`)
  const known = new Set(salesforceErrors.map(({ code }) => code))
  assert.deepEqual(
    [...codes].filter(([code]) => !known.has(code)),
    [],
  )
})

test('each refusal of the simulator’s token endpoint is explained, and by the row it belongs to', async () => {
  const source = readFileSync(join(simulator, 'oauth/refusal.ts'), 'utf8')
  const rows = [...source.matchAll(/^ {2}(?:'[\w-]+'|\w+): \['(\w+)', (?:'([^']+)'|"([^"]+)")\]/gm)].map(
    ([, code = '', single, double]) => [code, single ?? double ?? ''] as const,
  )
  assert.ok(rows.length > 30)
  for (const [code, text] of rows) {
    assert.equal(explain(code, text)?.code, code, `${code} ${text}`)
    const found = await findErrors([JSON.stringify({ error: code, error_description: text }, null, 2)])
    assert.deepEqual(
      found.map(({ salesforce }) => [salesforce.length, salesforce[0]?.code, salesforce[0]?.where === 'login-history']),
      [[1, code, false]],
      `${code} ${text}`,
    )
  }
})

test('each status the simulator writes into Login History is explained', async () => {
  const statuses = new Set(
    textsOfSimulator()
      .filter(({ text, at }) => carriesStatus.test(at) && /^[A-Z][a-zA-Z]+[: ]/.test(text) && !noFailure.has(text))
      .filter(({ path }) => /^(oauth|sessions|soap)\//.test(path))
      .map(({ text }) => text),
  )
  assert.ok(statuses.size > 15, `${statuses.size} statuses`)
  for (const status of statuses) {
    const found = await findErrors([`2026-11-02T09:00:00Z,etl@acme.example,Other Apex API,"${status}",203.0.113.9`])
    assert.ok(
      found.some(({ salesforce }) => salesforce.some(({ where }) => where === 'login-history' || where === 'token')),
      status,
    )
  }
})

/** As listed for the token endpoint and the login page by documentation, SDKs and users of them. */
const documented: readonly (readonly [string, string])[] = [
  ['invalid_grant', 'expired access/refresh token'],
  ['invalid_grant', 'token request is already being processed'],
  ['invalid_grant', 'expired authorization code'],
  ['invalid_grant', 'invalid authorization code'],
  ['invalid_grant', 'invalid code verifier'],
  ['invalid_grant', 'authentication failure - Invalid Password'],
  ['invalid_grant', 'inactive user'],
  ['invalid_grant', 'ip restricted'],
  ['invalid_grant', 'ip restricted or invalid login hours'],
  ['invalid_grant', "user hasn't approved this consumer"],
  ['invalid_app_access', 'user is not admin approved to access this app'],
  ['invalid_grant', 'Audience validation failed'],
  ['invalid_grant', 'audience is invalid'],
  ['invalid_grant', 'invalid assertion'],
  ['invalid_grant', 'no client credentials user enabled'],
  ['invalid_grant', 'request not supported on this domain'],
  ['invalid_grant', 'client credentials flow not enabled'],
  ['invalid_grant', 'activation secret invalid'],
  ['invalid_client_id', 'client identifier invalid'],
  ['invalid_client', 'invalid client credentials'],
  ['invalid_client_credentials', ''],
  ['invalid_client', 'app must be installed into org'],
  ['OAUTH_APPROVAL_ERROR_GENERIC', ''],
  ['OAUTH_EC_APP_NOT_FOUND', ''],
  ['invalid_request', 'missing required code challenge'],
  ['redirect_uri_mismatch', 'redirect_uri must match configuration'],
  ['unsupported_grant_type', 'grant type not supported'],
  ['unsupported_response_type', ''],
  ['access_denied', 'end-user denied authorization'],
  ['access-denied', ''],
  ['invalid_request', ''],
  ['inactive_user', 'user is inactive'],
  ['inactive_org', ''],
  ['inactive_org', 'organization is inactive'],
  ['rate_limit_exceeded', 'number of logins exceeded'],
  ['wrong_version', ''],
  ['invalid_grant', 'login rate exceeded'],
  ['authorization_pending', ''],
  ['unsupported_token_type', ''],
  ['invalid_token', ''],
  ['Bad_OAuth_Token', ''],
  ['Missing_OAuth_Token', ''],
  ['Wrong_Org', ''],
  ['Inactive_User', ''],
]

test('each documented error of login has a row of its own, and each such row is one of them', () => {
  const met = new Set(
    documented.map(([code, text]) => {
      const row = explain(code, text)
      assert.equal(row?.code, code, `${code} ${text}`)
      if (text !== '' && code === 'invalid_grant') assert.notEqual(row.text, null, text)
      return row
    }),
  )
  const others = salesforceErrors
    .filter((row) => ['token', 'authorize', 'revoke', 'userinfo'].includes(row.where) && !met.has(row))
    .map(({ code, text }) => `${code} ${text ?? ''}`.trim())
  assert.deepEqual(others.sort(), [
    'OAUTH_APP_BLOCKED',
    'OAUTH_EXTERNAL_USER_ACCESS',
    'invalid_request flow is not enabled',
    'invalid_scope',
    'slow_down',
    'unknown_error',
  ])
})

/** As documentation, WSDLs and users of them list what REST, SOAP login, Bulk and the identity provider log answer. */
const elsewhere = [
  ...['INVALID_SESSION_ID', 'INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE', 'REQUEST_LIMIT_EXCEEDED', 'GONE'],
  ...[
    'API_DISABLED_FOR_ORG',
    'INSUFFICIENT_ACCESS',
    'INVALID_NEW_PASSWORD',
    'UNSUPPORTED_API_VERSION',
    'InvalidVersion',
  ],
  ...[
    'INVALID_LOGIN',
    'LOGIN_MUST_USE_SECURITY_TOKEN',
    'LOGIN_DURING_RESTRICTED_DOMAIN',
    'LOGIN_DURING_RESTRICTED_TIME',
  ],
  ...['PASSWORD_LOCKOUT', 'ORG_LOCKED', 'TRIAL_EXPIRED', 'INVALID_CLIENT', 'UNSUPPORTED_CLIENT', 'SERVER_UNAVAILABLE'],
  ...['FUNCTIONALITY_NOT_ENABLED', 'LOGIN_CHALLENGE_ISSUED', 'LOGIN_CHALLENGE_PENDING', 'ORG_IN_MAINTENANCE'],
  ...['INVALID_OPERATION_WITH_EXPIRED_PASSWORD', 'AppAccessDenied', 'AppBlocked', 'ClientUnapproved', 'CodeExpired'],
  ...['InvalidClientCredentials', 'InvalidCode', 'InvalidDeviceId', 'InvalidScope', 'InvalidUserCredentials'],
  ...['OauthError', 'LOGIN_OAUTH_INVALID_DS'],
]

test('each documented code of the other APIs and logs has a row', () => {
  const known = new Set(salesforceErrors.map(({ code }) => code))
  assert.deepEqual(
    elsewhere.filter((code) => !known.has(code)),
    [],
  )
})

test('every row is found in a log line that carries it, as that row', async () => {
  for (const row of salesforceErrors) {
    const text = row.text ?? ''
    const line = row.where === 'login-history' && text !== '' ? `Failed: ${text}` : `ERROR [${row.code}] ${text}`
    const found = await findErrors([`10:00:01 all is well\n10:00:02 ${line}\n`])
    assert.ok(
      found.some(
        ({ salesforce, first }) =>
          first === 2 && salesforce.some(({ code, text: its }) => code === row.code || its === row.text),
      ),
      line,
    )
  }
})
