/** The address a person opens to log in (RFC 6749 §4.1.1 with PKCE, RFC 7636 §4.3). */
interface AuthorizeRequest {
  readonly loginUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
  readonly state: string
  readonly challenge: string
  /** Fills in the username on Salesforce's page. */
  readonly username?: string | undefined
}

export const authorizeUrl = (request: AuthorizeRequest): string => {
  const url = new URL('/services/oauth2/authorize', request.loginUrl)
  const fields = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scope,
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
    // Shows the login page even where a browser session exists: the wrong one is the usual mistake.
    prompt: 'login consent',
    ...(request.username === undefined ? {} : { login_hint: request.username }),
  }
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
  return url.href
}
