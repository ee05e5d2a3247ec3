/** A grant with a rotating refresh token, and a person who authorises it anew. */
import assert from 'node:assert/strict'
import type { Scene } from './scene.ts'

const user = 'integration@acme.example'

export const webGrant = async (place: Scene): Promise<void> => {
  const grant = place.sim.control.grant({ user, app: 'Web' })
  place.sim.control.changeApp({ app: 'Web', settings: { rotation: true, autoApprove: user } })
  await place.keyturn.grants.add({
    name: 'acme',
    loginUrl: place.sim.url,
    clientId: grant.clientId,
    clientSecret: grant.clientSecret,
    refreshToken: grant.refreshToken,
    flow: 'refresh_token',
  })
  assert.equal((await place.keyturn.fetch('acme', '/services/data')).status, 200)
}

/** A person allows access: what the broker's callback or `keyturn connect` would trade. */
export const signIn = async ({ sim, keyturn }: Scene): Promise<void> => {
  const { clientId } = await keyturn.grants.show('acme')
  const redirectUri = 'http://localhost:1717/OauthRedirect'
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri })
  const page = await fetch(`${sim.url}/services/oauth2/authorize?${query.toString()}`, {
    redirect: 'manual',
  })
  const code = new URL(page.headers.get('location') ?? '').searchParams.get('code')
  assert(code !== null, `the simulator gave a code: ${page.status}`)
  const enrolment = await keyturn.grants.enrol('acme')
  await enrolment.complete({ code, redirectUri }, { keepFormer: true })
}
