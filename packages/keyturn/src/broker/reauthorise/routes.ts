/**
 * The pages a person comes to by a re-authorisation link, and the callback of Salesforce. Looking changes nothing; the
 * button begins a login that is bound to this browser by a cookie; the callback counts only with the state and the
 * cookie of that very login.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { authorizeUrl } from '../../connect/authorize-url.ts'
import { explain } from '../../explain/explain.ts'
import type { Log } from '../log.ts'
import { fits, hashOf } from './link-token.ts'
import { messagePage, pageHeaders, signInPage } from './pages.ts'
import { callbackAddress, linkAddress } from './public-address.ts'
import type { PublicAddress } from './public-address.ts'
import type { Reauthorisation } from './reauthorisation-record.ts'
import { LOGIN_MS, loginOf } from './reauthorisations.ts'
import type { Reauthorisations } from './reauthorisations.ts'
import type { Trade } from './trade.ts'

interface RoutesParts {
  readonly keyturn: Pick<Keyturn, 'store'>
  readonly clock: Clock
  readonly log: Log
  readonly address: PublicAddress
  readonly reauthorisations: Reauthorisations
  readonly trade: Trade
  /** What was shown was refused: a wrong state, another browser, … */
  readonly refused: (why: string) => void
  readonly begun: (is: Reauthorisation) => void
}

/** How long a callback that came twice waits for the first one's outcome. */
const PATIENCE_MS = 20_000
const NAP_MS = 250
const LARGEST_BODY = 4096

const cookieName = (grantId: string, secure: boolean): string =>
  `${secure ? '__Host-' : ''}keyturn-${hashOf(grantId).slice(0, 12)}`

const cookieOf = (request: FastifyRequest, name: string): string | null => {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

const word = (query: unknown, name: string): string => {
  const value: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, name) : null
  return typeof value === 'string' ? value : ''
}

const show = (reply: FastifyReply, status: number, html: string, loginUrl: string | null = null): FastifyReply =>
  reply.code(status).headers(pageHeaders(loginUrl)).send(html)

const noLink = (reply: FastifyReply): FastifyReply =>
  show(
    reply,
    404,
    messagePage(
      'This link can’t be used',
      'It was used, it has run out, a newer one took its place, or it was copied incompletely. Ask for a new one: `keyturn grants reauthorise NAME`.',
      'bad',
    ),
  )

export const reauthoriseRoutes =
  (parts: RoutesParts): FastifyPluginAsync =>
  async (app) => {
    const { address, reauthorisations, clock } = parts
    if ('missing' in address) return
    const { url: base, secure } = address

    const found = async (request: FastifyRequest): Promise<Reauthorisation | null> => {
      const text = word(request.params, 'link')
      const is = await reauthorisations.shown(text)
      return is !== null && fits(is.doc.link, text) ? is : null
    }

    app.setErrorHandler((error, _request, reply) => {
      const known = error instanceof KeyturnError
      parts.log.warn('a page could not be shown', { code: known ? error.code : 'DEFECT' })
      const text = known && error.kind === 'unavailable' ? 'Keyturn can’t reach its store.' : 'Something went wrong.'
      return show(reply, 503, messagePage('Not now', `${text} Try again in a minute.`, 'bad'))
    })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: LARGEST_BODY }, (_request, _body, done) => done(null))

    app.get('/reauthorise/callback', (request, reply) => callback(parts, { base, secure }, request, reply))

    app.get('/reauthorise/:link', async (request, reply) => {
      const is = await found(request)
      if (is === null) return noLink(reply)
      const { status, outcome, expiresAt, loginUrl } = is.doc
      switch (status) {
        case 'open':
          return clock.wall() < expiresAt ? show(reply, 200, signInPage(is.doc), loginUrl) : noLink(reply)
        case 'trading':
          return show(
            reply,
            200,
            messagePage('Almost there', 'The sign-in is being finished. Reload this page in a moment.', 'plain'),
          )
        case 'finishing':
          return show(
            reply,
            200,
            messagePage(
              'Signed in',
              outcome ?? 'The new access is being tried. Reload this page in a moment.',
              'plain',
            ),
          )
        case 'done':
          return show(reply, 200, messagePage('Signed in', `${outcome ?? ''} You can close this window.`, 'good'))
        case 'closed':
          return show(
            reply,
            200,
            messagePage('Nothing to do any more', outcome ?? 'The grant came back otherwise.', 'plain'),
          )
      }
    })

    app.post('/reauthorise/:link', async (request, reply) => {
      const is = await found(request)
      if (is === null) return noLink(reply)
      const redirectUri = callbackAddress(base)
      const name = cookieName(is.grantId, secure)
      const begun = await reauthorisations.begin(is, redirectUri, cookieOf(request, name))
      // Somebody else's sign-in is being finished, or it is over: the page says which.
      if (begun === null)
        return reply
          .code(303)
          .headers({ ...pageHeaders(null), location: request.url })
          .send('')
      parts.begun(is)
      const { loginUrl, clientId, scope, username } = is.doc
      const location = authorizeUrl({
        ...{ loginUrl, clientId, redirectUri, scope },
        state: begun.state.reveal(),
        challenge: begun.challenge,
        username: username ?? undefined,
      })
      const attributes = `Path=/; Max-Age=${LOGIN_MS / 1000}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
      return reply
        .code(303)
        .headers({ ...pageHeaders(null), location, 'set-cookie': `${name}=${begun.browser.reveal()}; ${attributes}` })
        .send('')
    })
  }

const callback = async (
  parts: RoutesParts,
  { base, secure }: { readonly base: string; readonly secure: boolean },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { reauthorisations, trade, clock } = parts
  const state = word(request.query, 'state')
  const refuse = (why: string, title: string, text: string): FastifyReply => {
    parts.refused(why)
    return show(reply, 400, messagePage(title, text, 'bad'))
  }
  const is = await reauthorisations.shown(state)
  const login = is === null ? null : loginOf(is, state)
  if (is === null || login === null)
    return refuse(
      'state',
      'Not this sign-in',
      'This answer belongs to no sign-in that was begun here. Open the link again.',
    )
  const cookie = cookieOf(request, cookieName(is.grantId, secure))
  if (cookie === null || !fits(login.browser, cookie)) {
    const text =
      'This sign-in was begun in another browser, or cookies are switched off. Open the link again in this one.'
    return refuse('browser', 'Another browser', text)
  }
  const code = word(request.query, 'code')
  const error = word(request.query, 'error')
  if (!login.used && clock.wall() >= login.until)
    return refuse('late', 'Too late', 'This sign-in took too long. Open the link again.')
  if (!login.used && code === '' && error === '')
    return refuse('nothing', 'Nothing arrived', 'Salesforce sent neither a code nor an error. Open the link again.')
  const ending =
    error === ''
      ? await trade.trade(is, login, code)
      : await trade.refused(is, login, refusalText(error, word(request.query, 'error_description')))
  if (ending === 'taken') parts.refused('used')
  // The code leaves the address bar at once; the link's page says how it went.
  const after = await settled(parts, is)
  const link = await reauthorisations.linkOf(after)
  return reply
    .code(303)
    .headers({ ...pageHeaders(null), location: linkAddress(base, link.reveal()) })
    .send('')
}

const refusalText = (error: string, description: string): string => {
  const known = explain(error, description)
  const said = `${error}${description === '' ? '' : `: ${description}`}`.replaceAll(/\p{Cc}/gu, ' ').slice(0, 200)
  return `Salesforce ended the sign-in with ${said}.${known === null ? '' : ` ${known.cause} ${known.next}`} Nothing was changed.`
}

/** Another request, here or at another replica, is at it: its outcome is near. */
const settled = async (
  { keyturn, clock, reauthorisations }: RoutesParts,
  is: Reauthorisation,
): Promise<Reauthorisation> => {
  const until = clock.boot() + PATIENCE_MS
  for (;;) {
    const now = (await reauthorisations.of(is.grantId)) ?? is
    if (now.doc.status !== 'trading' || clock.boot() >= until) return now
    await keyturn.store.changed(NAP_MS)
  }
}
