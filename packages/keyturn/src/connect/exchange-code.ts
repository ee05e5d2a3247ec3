/**
 * Trades the code of a first login for tokens (RFC 6749 §4.1.3). A grant that exists is enrolled by the library instead,
 * which knows what else is on the wire. Redirects are never followed: a 307 would carry the code elsewhere.
 */
import { readFileSync } from 'node:fs'
import { request as httpRequest, Agent as HttpAgent } from 'node:http'
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https'
import { rootCertificates } from 'node:tls'
import { KeyturnError, Secret } from '@keyturn/tokens'
import { explain } from '../explain/explain.ts'
import type { Environment } from '../settings.ts'
import type { Code } from './web-login.ts'

export interface FirstTokens {
  readonly accessToken: Secret
  readonly refreshToken: Secret
  readonly instanceUrl: string
  readonly identity: { readonly orgId: string; readonly userId: string } | null
}

export interface CodeExchange {
  readonly loginUrl: string
  readonly clientId: string
  /** Puts the secret into the form. */
  readonly clientSecret: Secret | null
  readonly code: Code
  readonly env: Environment
  readonly caFile: string | null
  /** Milliseconds. */
  readonly patience: number
}

interface Answer {
  readonly status: number
  readonly body: string
}

const largest = 1_000_000

const post = ({ loginUrl, env, caFile, patience }: CodeExchange, form: string): Promise<Answer> => {
  const url = new URL('/services/oauth2/token', loginUrl)
  const ca = caFile === null ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }
  const proxyEnv = { ...env }
  const secure = url.protocol === 'https:'
  const agent = secure ? new HttpsAgent({ proxyEnv, ...ca }) : new HttpAgent({ proxyEnv })
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  return new Promise((resolve, reject) => {
    const unreachable = (error: Error): void =>
      reject(
        new KeyturnError(
          'ENDPOINT_UNREACHABLE',
          `${url.origin} could not be reached (${(error as NodeJS.ErrnoException).code ?? error.message})`,
        ),
      )
    const options = { method: 'POST', headers, agent, timeout: patience }
    const sent = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
      const parts: Buffer[] = []
      let size = 0
      response.on('data', (part: Buffer) => {
        size += part.length
        if (size > largest) response.destroy(new Error('the answer is too long'))
        else parts.push(part)
      })
      response.once('error', unreachable)
      response.once('end', () => {
        agent.destroy()
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') })
      })
    })
    sent.once('timeout', () => sent.destroy(new Error('no answer in time')))
    sent.once('error', unreachable)
    sent.end(form)
  })
}

export const exchangeCode = async (exchange: CodeExchange): Promise<FirstTokens> => {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: exchange.code.code,
    redirect_uri: exchange.code.redirectUri,
    code_verifier: exchange.code.codeVerifier,
    client_id: exchange.clientId,
    format: 'json',
    ...(exchange.clientSecret === null ? {} : { client_secret: exchange.clientSecret.reveal() }),
  })
  const answer = await post(exchange, form.toString())
  const fields = objectOf(answer.body)
  if (answer.status !== 200) throw refusal(answer.status, fields)
  const access = fields?.['access_token']
  const refresh = fields?.['refresh_token']
  if (typeof access !== 'string') throw unreadable(answer.status)
  if (typeof refresh !== 'string') {
    throw new KeyturnError('GRANT_REFUSED', 'Salesforce sent an access token but no refresh token', {
      fix: 'Add the scope refresh_token to the app and ask for it with --scope "api refresh_token".',
    })
  }
  const id = /\/id\/(00D\w{12,15})\/(005\w{12,15})\/?$/.exec(String(fields?.['id'] ?? ''))
  return {
    accessToken: new Secret(access),
    refreshToken: new Secret(refresh),
    instanceUrl:
      typeof fields?.['instance_url'] === 'string' ? fields['instance_url'] : new URL(exchange.loginUrl).origin,
    identity: id?.[1] === undefined || id[2] === undefined ? null : { orgId: id[1], userId: id[2] },
  }
}

const objectOf = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const unreadable = (status: number): KeyturnError =>
  new KeyturnError('ANSWER_UNREADABLE', `The token endpoint answered HTTP ${status} with something that is not OAuth`)

const refusal = (status: number, fields: Readonly<Record<string, unknown>> | null): KeyturnError => {
  const error = fields?.['error']
  if (typeof error !== 'string') return unreadable(status)
  const description = typeof fields?.['error_description'] === 'string' ? fields['error_description'] : ''
  const known = explain(error, description)
  return new KeyturnError(
    'GRANT_REFUSED',
    `Salesforce refused the login: ${error}${description === '' ? '' : `: ${description}`}${known === null ? '' : `. ${known.cause}`}`,
    {
      data: { error, description },
      ...(known === null ? {} : { fix: known.next }),
    },
  )
}
