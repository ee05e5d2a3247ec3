/**
 * Does the token endpoint take this pair? A client-credentials login where the app has that flow; else introspection,
 * which authenticates the client and nothing more (RFC 7662 §2.1). Neither spends anything.
 */
import type { Secret } from '@keyturn/tokens'
import { formBody, request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'

export type Tried =
  | { readonly is: 'works'; readonly by: 'client-credentials login' | 'introspection' }
  /** The pair itself is refused: unknown yet, or not any more. */
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'unclear'; readonly why: string }

const clientErrors = new Set(['invalid_client', 'invalid_client_id', 'inactive_client', 'invalid_client_credentials'])

export const tryPair = async (network: Network, loginUrl: string, pair: Pair): Promise<Tried> => {
  const login = await post(network, loginUrl, '/services/oauth2/token', pair, { grant_type: 'client_credentials' })
  if (login.status === 200) return { is: 'works', by: 'client-credentials login' }
  if (clientErrors.has(login.error)) return { is: 'refused', why: login.error }
  if (login.status >= 500 || login.status === 429) return { is: 'unclear', why: `HTTP ${login.status}` }
  // Not this flow, not this user: what is left is whether the client is known.
  const look = await post(network, loginUrl, '/services/oauth2/introspect', pair, { token: 'none' })
  if (look.status === 200) return { is: 'works', by: 'introspection' }
  if (clientErrors.has(look.error) || look.status === 401) return { is: 'refused', why: look.error }
  return { is: 'unclear', why: look.error === '' ? `HTTP ${look.status}` : look.error }
}

export interface Pair {
  readonly key: string
  readonly secret: Secret
}

const post = async (
  network: Network,
  loginUrl: string,
  path: string,
  { key, secret }: Pair,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly error: string }> => {
  const answer = await request(
    new URL(path, loginUrl),
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: formBody({ ...fields, client_id: key, client_secret: secret }),
      timeout: 20_000,
    },
    network,
  )
  return { status: answer.status, error: errorOf(answer.body) }
}

const errorOf = (body: Uint8Array): string => {
  try {
    const { error } = JSON.parse(new TextDecoder().decode(body)) as { readonly error?: unknown }
    return typeof error === 'string' ? error : ''
  } catch {
    return ''
  }
}
