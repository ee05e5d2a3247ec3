/** A login in the browser, from the printed address to the authorisation code. What the code buys is the caller's. */
import { randomBytes } from 'node:crypto'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import { explain } from '../explain/explain.ts'
import { span } from '../output/moment.ts'
import { authorizeUrl } from './authorize-url.ts'
import { openCallbackServer, redirectUriOf } from './callback-server.ts'
import type { Callback, Loopback } from './callback-server.ts'
import { newPkce } from './pkce.ts'

export interface WebLogin {
  readonly loginUrl: string
  readonly clientId: string
  readonly scope: string
  readonly username?: string | undefined
  readonly loopback: Loopback
  /** Milliseconds. */
  readonly patience: number
  readonly clock: Clock
  /** Called once the loopback server listens. */
  readonly show: (address: { readonly url: string; readonly redirectUri: string }) => Promise<void>
}

interface Code {
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier: string
}

/** Runs the login and then `use` with the code; the browser shows how `use` went. */
export const webLogin = async <T>(login: WebLogin, use: (code: Code) => Promise<T>): Promise<T> => {
  const pkce = newPkce(randomBytes)
  const state = randomBytes(24).toString('base64url')
  const redirectUri = redirectUriOf(login.loopback)
  const server = await openCallbackServer(login.loopback, state)
  const over = new AbortController()
  try {
    const url = authorizeUrl({ ...login, redirectUri, state, challenge: pkce.challenge })
    await login.show({ url, redirectUri })
    const callback = await Promise.race([
      server.callback,
      login.clock.sleep(login.patience, over.signal).then(() => null),
    ])
    const result = await use({ code: codeOf(callback, login.patience), redirectUri, codeVerifier: pkce.verifier })
    server.conclude('Signed in', 'Keyturn holds the grant now. You can close this window.', true)
    return result
  } catch (error) {
    const code = error instanceof KeyturnError ? error.code : 'DEFECT'
    server.conclude('That did not work', `${code}: see the terminal for the cause and the next step.`, false)
    throw error
  } finally {
    over.abort()
    // The browser follows the redirect to the result page on its own time.
    await login.clock.sleep(300)
    await server.close()
  }
}

const codeOf = (callback: Callback | null, patience: number): string => {
  if (callback === null) {
    throw new KeyturnError('GRANT_REFUSED', `Nobody logged in within ${span(patience)}`, {
      fix: 'Start again; --timeout gives more time.',
    })
  }
  if ('code' in callback) return callback.code
  const known = explain(callback.error, callback.description)
  const said = callback.description === '' ? callback.error : `${callback.error}: ${callback.description}`
  throw new KeyturnError(
    'GRANT_REFUSED',
    `Salesforce ended the login with ${said}${known === null ? '' : `. ${known.cause}`}`,
    {
      data: { error: callback.error, description: callback.description },
      ...(known === null ? {} : { fix: known.next }),
    },
  )
}
