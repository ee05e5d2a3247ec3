/** `urn:ietf:params:oauth:grant-type:jwt-bearer`: an assertion signed with the key whose certificate the app holds. */
import { createPublicKey, verify } from 'node:crypto'
import type { SimResponse } from '../route.ts'
import { appByClientId } from '../state/consumers.ts'
import type { SimApp } from '../state/apps.ts'
import { isExpired } from '../state/certificates.ts'
import type { Org } from '../state/org.ts'
import { isPreAuthorized } from '../state/pre-authorized.ts'
import { approvals } from '../state/grants.ts'
import { userByName } from '../state/users.ts'
import { param } from './context.ts'
import type { Call } from './context.ts'
import { issueTokens } from './issue.ts'
import { refuse } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

const skewMs = 3 * 60_000
const longestAheadMs = 5 * 60_000 + skewMs

interface Claims {
  readonly iss?: unknown
  readonly sub?: unknown
  readonly prn?: unknown
  readonly aud?: unknown
  readonly exp?: unknown
}

interface Assertion {
  readonly alg: unknown
  readonly claims: Claims
  readonly signed: string
  readonly signature: Buffer
}

function parse(text: string): Assertion | undefined {
  const [head, body, signature, more] = text.split('.')
  if (head === undefined || body === undefined || signature === undefined || more !== undefined) return undefined
  try {
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { readonly alg?: unknown }
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims | null
    if (claims === null) return undefined
    return { alg: header.alg, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') }
  } catch {
    return undefined
  }
}

/** Whom an assertion names, for the login host that has to find the org first; nothing is verified here. */
export function namesIn(assertion: string): {
  readonly clientId: string | undefined
  readonly username: string | undefined
} {
  const claims = parse(assertion)?.claims
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return { clientId: text(claims?.iss), username: text(claims?.prn ?? claims?.sub) }
}

const isSigned = (org: Org, app: SimApp, assertion: Assertion): boolean =>
  assertion.alg === 'RS256' &&
  app.publicKey !== null &&
  (org.settings().expiredCertificateVerifies || !isExpired(app.publicKey, org.now())) &&
  verify('RSA-SHA256', Buffer.from(assertion.signed), createPublicKey(app.publicKey), assertion.signature)

/** The two login hosts of Salesforce, this org, or the simulator's login host; loopback under either of its names. */
function isOurs(call: Call, aud: unknown): boolean {
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((one): one is string => typeof one === 'string')
  const plain = (url: string): string => url.replace('//localhost', '//127.0.0.1').replace(/\/+$/, '')
  const ours = [
    'https://login.salesforce.com',
    'https://test.salesforce.com',
    call.org.origin(),
    call.request.baseUrl,
  ].map(plain)
  return audiences.some((one) => ours.includes(plain(one)))
}

/** As of a refused consumer, nobody knows whether it leaves one; the text is that of the code LOGIN_OAUTH_INVALID_DSIG. */
function unsignedRow(org: Org, app: SimApp, { prn, sub }: Claims): Parameters<typeof refuse>[2] {
  const named = prn ?? sub
  const user = typeof named === 'string' ? userByName(org, named) : undefined
  if (!org.settings().clientFailuresInLoginHistory || user === undefined) return undefined
  return { userId: user.id, app: app.name, subType: null, status: 'Failed: Signature Invalid' }
}

export function jwtBearer(call: Call): SimResponse {
  const { org } = call
  const assertion = parse(param(call, 'assertion') ?? '')
  if (assertion === undefined) return refuse(call, 'wrong-assertion')
  const { claims } = assertion
  const app = typeof claims.iss === 'string' ? appByClientId(org, claims.iss, call.number) : undefined
  if (app === undefined) return refuse(call, 'unknown-client')
  if (!app.settings.installed) return refuse(call, 'not-installed')
  if (!app.settings.jwtBearer) return refuse(call, 'flow-off')
  if (!isSigned(org, app, assertion)) return refuse(call, 'wrong-assertion', unsignedRow(org, app, claims))
  if (!isOurs(call, claims.aud)) return refuse(call, 'wrong-audience')
  // The official CLI sends milliseconds here, simple-salesforce a string: no upper limit seems to be enforced.
  const exp = Number(claims.exp) * 1000
  if (!Number.isFinite(exp)) return refuse(call, 'wrong-assertion')
  if (exp + skewMs < org.now()) return refuse(call, 'expired-assertion')
  if (app.settings.strictExp && exp - org.now() > longestAheadMs) return refuse(call, 'wrong-assertion')

  const named = claims.prn ?? claims.sub
  const user = typeof named === 'string' ? userByName(org, named) : undefined
  if (user === undefined) return refuse(call, 'not-approved')
  const objection = objectionTo(call, user, app, 'assertion')
  if (objection !== undefined) {
    return refuse(call, objection.reason, { userId: user.id, app: app.name, subType: null, status: objection.status })
  }
  const grants = approvals(org, user.id, app.id)
  const preAuthorized = isPreAuthorized(org, app, user)
  if (!preAuthorized && grants.length === 0) {
    return refuse(call, 'not-approved', {
      userId: user.id,
      app: app.name,
      subType: null,
      status: 'Failed: Not approved for access',
    })
  }
  const granted = preAuthorized ? app.scopes : [...new Set(grants.flatMap((grant) => grant.scopes.split(' ')))]
  const scopes = granted.filter((scope) => scope !== 'refresh_token')
  return issueTokens(call, { user, app, scopes, grant: null, refreshToken: null, rotated: null, subType: null })
}
