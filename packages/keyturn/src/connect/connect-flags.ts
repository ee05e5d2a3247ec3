/** The flags of `keyturn connect`: four ways in, one spare, and how the browser comes back. */
import { boolean, integer, string } from '@oclif/core/flags'
import { secretForms } from '../reference.ts'

export const connectFlags = {
  jwt: boolean({
    helpGroup: 'WAY IN',
    description: 'JWT bearer: a key instead of a refresh token',
    exclusive: ['client-credentials', 'refresh-token-stdin', 'from-sf'],
  }),
  'client-credentials': boolean({
    helpGroup: 'WAY IN',
    description: 'Client credentials: the app’s run-as user',
    exclusive: ['jwt', 'refresh-token-stdin', 'from-sf'],
  }),
  'refresh-token-stdin': boolean({
    helpGroup: 'WAY IN',
    description: 'Take a refresh token from stdin; nobody else may hold it afterwards',
    exclusive: ['jwt', 'client-credentials', 'from-sf'],
  }),
  'from-sf': string({
    helpGroup: 'WAY IN',
    helpValue: 'ALIAS',
    description: 'Take over a login of the sf CLI: its refresh token moves here',
  }),
  shared: boolean({
    helpGroup: 'WAY IN',
    dependsOn: ['from-sf'],
    description: 'Let the sf CLI keep the refresh token too (see docs/cli.md for the window that remains)',
  }),
  'login-url': string({
    helpValue: 'URL',
    description: 'Login host; default: connect.loginUrl, else https://login.salesforce.com',
  }),
  'client-id': string({ helpValue: 'KEY', description: 'Consumer key of the app; default: connect.clientId' }),
  'client-secret-stdin': boolean({
    description: 'Read the consumer secret from stdin and seal it in the store',
    exclusive: ['client-secret-ref', 'refresh-token-stdin'],
  }),
  'client-secret-ref': string({
    helpValue: 'REFERENCE',
    description: `Where the consumer secret is: ${secretForms}`,
  }),
  username: string({ helpValue: 'USERNAME', description: 'Salesforce username (JWT: needed; web login: filled in)' }),
  'key-file': string({ helpValue: 'PEM', description: 'Private key for JWT; sealed in the store' }),
  'key-ref': string({ helpValue: 'REFERENCE', description: 'Where the private key is; read at each use' }),
  audience: string({ helpValue: 'URL', description: 'JWT audience, where it is not the login host’s usual one' }),
  scope: string({ helpValue: 'SCOPES', description: 'Scopes to ask for; default: api refresh_token' }),
  hold: boolean({ description: 'Never send a refresh token again whose outcome is unknown, even as a last resort' }),
  check: boolean({ default: true, allowNo: true, description: 'Ask for a first access token at once' }),
  port: integer({
    helpGroup: 'WEB LOGIN',
    min: 1,
    max: 65_535,
    helpValue: 'PORT',
    description: 'Port of the redirect URI; default 7715',
  }),
  host: string({
    helpGroup: 'WEB LOGIN',
    options: ['localhost', '127.0.0.1'],
    helpValue: 'HOST',
    description: 'Host of the redirect URI: localhost or 127.0.0.1; default localhost',
  }),
  open: boolean({ helpGroup: 'WEB LOGIN', default: true, allowNo: true, description: 'Open the browser' }),
  timeout: integer({
    helpGroup: 'WEB LOGIN',
    min: 1,
    max: 86_400,
    default: 600,
    helpValue: 'SECONDS',
    description: 'How long to wait for the login',
  }),
  'fallback-jwt': boolean({ helpGroup: 'SPARE WAY IN', description: 'A spare by JWT bearer' }),
  'fallback-client-credentials': boolean({ helpGroup: 'SPARE WAY IN', description: 'A spare by client credentials' }),
  'fallback-grant': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'NAME',
    description: 'Another grant of this store as the spare',
  }),
  'fallback-name': string({ helpGroup: 'SPARE WAY IN', helpValue: 'NAME', description: 'Name of the spare' }),
  'fallback-client-id': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'KEY',
    description: 'Its app; default: the same',
  }),
  'fallback-client-secret-ref': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'REFERENCE',
    description: 'Where its consumer secret is',
  }),
  'fallback-username': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'USERNAME',
    description: 'Its user; default: the same',
  }),
  'fallback-key-file': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'PEM',
    description: 'Its private key; sealed in the store',
  }),
  'fallback-key-ref': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'REFERENCE',
    description: 'Where its private key is',
  }),
  'fallback-login-url': string({
    helpGroup: 'SPARE WAY IN',
    helpValue: 'URL',
    description: 'Its login host; default: the same',
  }),
  'fallback-audience': string({ helpGroup: 'SPARE WAY IN', helpValue: 'URL', description: 'Its JWT audience' }),
  'fallback-other-user': boolean({
    helpGroup: 'SPARE WAY IN',
    description: 'It may act as another user of the same org',
  }),
}

export interface ConnectFlags {
  readonly jwt: boolean
  readonly 'client-credentials': boolean
  readonly 'refresh-token-stdin': boolean
  readonly 'from-sf'?: string | undefined
  readonly shared: boolean
  readonly 'login-url'?: string | undefined
  readonly 'client-id'?: string | undefined
  readonly 'client-secret-stdin': boolean
  readonly 'client-secret-ref'?: string | undefined
  readonly username?: string | undefined
  readonly 'key-file'?: string | undefined
  readonly 'key-ref'?: string | undefined
  readonly audience?: string | undefined
  readonly scope?: string | undefined
  readonly hold: boolean
  readonly check: boolean
  readonly port?: number | undefined
  readonly host?: string | undefined
  readonly open: boolean
  readonly timeout: number
  readonly 'fallback-jwt': boolean
  readonly 'fallback-client-credentials': boolean
  readonly 'fallback-grant'?: string | undefined
  readonly 'fallback-name'?: string | undefined
  readonly 'fallback-client-id'?: string | undefined
  readonly 'fallback-client-secret-ref'?: string | undefined
  readonly 'fallback-username'?: string | undefined
  readonly 'fallback-key-file'?: string | undefined
  readonly 'fallback-key-ref'?: string | undefined
  readonly 'fallback-login-url'?: string | undefined
  readonly 'fallback-audience'?: string | undefined
  readonly 'fallback-other-user': boolean
}
