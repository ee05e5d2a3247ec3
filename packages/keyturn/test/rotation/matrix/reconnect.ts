/** What a person does for a grant whose tokens were lost on the way: signs in again in the browser. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { Scene } from '../scene.ts'

const redirectUri = 'http://localhost:1717/OauthRedirect'

export const reconnect = async ({ sim, keyturn }: Scene, grant: string, user: string): Promise<void> => {
  const codeVerifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: (await keyturn.grants.show(grant)).clientId,
    redirect_uri: redirectUri,
    scope: 'api refresh_token',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    __auto: user,
  })
  const page = await fetch(`${sim.url}/services/oauth2/authorize?${query}`, { redirect: 'manual' })
  const code = new URL(page.headers.get('location') ?? '').searchParams.get('code')
  assert(code !== null, `the simulator gave a code: ${page.status}`)
  const enrolment = await keyturn.grants.enrol(grant)
  await enrolment.complete({ code, redirectUri, codeVerifier })
}

/** All those that can’t be used any more; a token lost on the way is known to be lost when the next one is wanted. */
export const reconnectDead = async (place: Scene, users: Readonly<Record<string, string>>): Promise<void> => {
  for (const [grant, user] of Object.entries(users)) {
    await place.keyturn.fetch(grant, '/services/oauth2/userinfo').catch(() => undefined)
    const { status } = await place.keyturn.grants.show(grant)
    if (status !== 'live') await reconnect(place, grant, user)
  }
}
