/** A person logs in at the simulated org and approves; what comes back to the redirect URI. */
import { createHash, randomBytes } from 'node:crypto'
import type { AuthorizationCode } from '../../src/contract.ts'
import { USER, type OrgScene } from './org.ts'

const redirectUri = 'http://localhost:1717/OauthRedirect'

export const approve = async ({ sim }: OrgScene, user = USER): Promise<AuthorizationCode> => {
  const codeVerifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: sim.orgs[0]?.apps.find(({ name }) => name === 'Web')?.clientId ?? '',
    redirect_uri: redirectUri,
    scope: 'api refresh_token',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    __auto: user,
  })
  const answer = await fetch(`${sim.url}/services/oauth2/authorize?${query}`, { redirect: 'manual' })
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
  return { code, redirectUri, codeVerifier }
}
