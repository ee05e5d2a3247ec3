/** Who is behind an access token: /services/oauth2/userinfo (OpenID Connect) and the identity URL /id/{org}/{user}. */
import type { SimResponse } from '../route.ts'
import type { SimUser } from '../state/users.ts'
import { userById } from '../state/users.ts'
import { appById } from '../state/apps.ts'
import { bearerOf } from '../sessions/bearer.ts'
import { findAccessToken, isAlive, ownerOf, touch } from '../sessions/access-tokens.ts'
import { platformTime } from '../state/platform-rows.ts'
import { json, param, text } from './context.ts'
import type { Call } from './context.ts'
import { identityUrl, instanceUrl } from './issue.ts'

/** These endpoints answer 403 with a plain word, not 401 with JSON: clients that look for 401 miss it. */
function bearer(call: Call): SimUser | SimResponse {
  const token = bearerOf(call.request) ?? param(call, 'access_token') ?? param(call, 'oauth_token')
  if (token === undefined) return text(403, 'Missing_OAuth_Token')
  const session = findAccessToken(call.org, token)
  if (session === undefined || !isAlive(call.org, session)) return text(403, 'Bad_OAuth_Token')
  const user = ownerOf(call.org, session)
  if (user === undefined) return text(403, 'Inactive_User')
  const app = session.appId === null ? undefined : appById(call.org, session.appId)
  if (app?.settings.uncurable === 'bad-oauth-token' || app?.settings.uncurable === 'always401')
    return text(403, 'Bad_OAuth_Token')
  touch(call.org, session)
  return user
}

function urls(call: Call, user: SimUser): Readonly<Record<string, string>> {
  const base = instanceUrl(call)
  return {
    enterprise: `${base}/services/Soap/c/{version}/${call.org.id.slice(0, 15)}`,
    metadata: `${base}/services/Soap/m/{version}/${call.org.id.slice(0, 15)}`,
    partner: `${base}/services/Soap/u/{version}/${call.org.id.slice(0, 15)}`,
    rest: `${base}/services/data/v{version}/`,
    sobjects: `${base}/services/data/v{version}/sobjects/`,
    search: `${base}/services/data/v{version}/search/`,
    query: `${base}/services/data/v{version}/query/`,
    recent: `${base}/services/data/v{version}/recent/`,
    tooling_soap: `${base}/services/Soap/T/{version}/${call.org.id.slice(0, 15)}`,
    tooling_rest: `${base}/services/data/v{version}/tooling/`,
    profile: `${base}/${user.id}`,
    custom_domain: base,
  }
}

export function userinfo(call: Call): SimResponse {
  const user = bearer(call)
  if ('status' in user) return user
  const base = instanceUrl(call)
  return json(200, {
    sub: identityUrl(call, user.id),
    user_id: user.id,
    organization_id: call.org.id,
    preferred_username: user.username,
    nickname: user.username.split('@')[0],
    name: `${user.firstName} ${user.lastName}`.trim(),
    email: user.email,
    email_verified: true,
    given_name: user.firstName,
    family_name: user.lastName,
    zoneinfo: 'UTC',
    photos: { picture: `${base}/profilephoto/005/F`, thumbnail: `${base}/profilephoto/005/T` },
    profile: `${base}/${user.id}`,
    picture: `${base}/profilephoto/005/F`,
    urls: urls(call, user),
    active: user.active,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    updated_at: platformTime(call.org.now()),
  })
}

export function identity(call: Call, orgId: string, userId: string): SimResponse {
  const caller = bearer(call)
  if ('status' in caller) return caller
  if (orgId.slice(0, 15) !== call.org.id.slice(0, 15)) return text(403, 'Wrong_Org')
  const user = userById(call.org, userId)
  if (user === undefined) return text(404, 'Not_Found')
  const base = instanceUrl(call)
  return json(200, {
    id: identityUrl(call, user.id),
    asserted_user: user.id === caller.id,
    user_id: user.id,
    organization_id: call.org.id,
    username: user.username,
    nick_name: user.username.split('@')[0],
    display_name: `${user.firstName} ${user.lastName}`.trim(),
    email: user.email,
    email_verified: true,
    first_name: user.firstName,
    last_name: user.lastName,
    timezone: 'UTC',
    photos: { picture: `${base}/profilephoto/005/F`, thumbnail: `${base}/profilephoto/005/T` },
    addr_street: null,
    mobile_phone: null,
    mobile_phone_verified: false,
    is_lightning_login_user: false,
    status: { created_date: null, body: null },
    urls: urls(call, user),
    active: user.active,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    last_modified_date: platformTime(call.org.now()),
    is_app_installed: true,
  })
}
