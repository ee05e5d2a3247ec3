/** From the flags of `keyturn connect` to what the library is asked to add. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { AddFallback, SecretInput } from '@keyturn/tokens'
import { referenceOf } from './secret-input.ts'

const bad = (message: string, fix?: string): KeyturnError =>
  new KeyturnError('BAD_ARGUMENT', message, fix === undefined ? {} : { fix })

/** The key in a PEM file, sealed into the store; it does not have to stay on disk afterwards. */
const keyFromFile = (flag: string, path: string): Secret => {
  let text: string
  try {
    text = readFileSync(resolve(path), 'utf8')
  } catch (error) {
    throw bad(
      `--${flag} ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'Name an existing PEM file.',
    )
  }
  if (!/-----BEGIN (RSA )?PRIVATE KEY-----/.test(text)) {
    throw bad(
      `--${flag} ${path} holds no unencrypted private key`,
      'Name a PEM file that starts with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY.',
    )
  }
  return new Secret(text)
}

interface KeyFlags {
  readonly file: string | undefined
  readonly ref: string | undefined
}

export const privateKeyOf = (prefix: '' | 'fallback-', { file, ref }: KeyFlags): SecretInput | undefined => {
  if (file !== undefined && ref !== undefined)
    throw bad(`--${prefix}key-file and --${prefix}key-ref name the same thing twice`)
  if (file !== undefined) return keyFromFile(`${prefix}key-file`, file)
  return ref === undefined ? undefined : referenceOf(`${prefix}key-ref`, ref)
}

interface FallbackFlags {
  readonly jwt: boolean
  readonly clientCredentials: boolean
  readonly grant: string | undefined
  readonly name: string | undefined
  readonly clientId: string | undefined
  readonly clientSecretRef: string | undefined
  readonly username: string | undefined
  readonly key: KeyFlags
  readonly loginUrl: string | undefined
  readonly audience: string | undefined
  readonly otherUser: boolean
}

/** The spare way in that the `--fallback-…` flags describe; null when there is none. */
export const fallbackOf = (flags: FallbackFlags): AddFallback | null => {
  const kinds = [flags.jwt, flags.clientCredentials, flags.grant !== undefined].filter(Boolean).length
  const privateKey = privateKeyOf('fallback-', flags.key)
  if (kinds === 0) {
    const details = [
      flags.name,
      flags.clientId,
      flags.clientSecretRef,
      flags.username,
      privateKey,
      flags.loginUrl,
      flags.audience,
    ]
    if (details.every((detail) => detail === undefined) && !flags.otherUser) return null
    throw bad(
      'The spare way in has details but no kind',
      'Add --fallback-jwt, --fallback-client-credentials or --fallback-grant NAME.',
    )
  }
  if (kinds > 1) throw bad('One spare way in at a time', 'Run `keyturn connect NAME --fallback-…` once for each.')
  const common = {
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.clientId === undefined ? {} : { clientId: flags.clientId }),
    ...(flags.username === undefined ? {} : { username: flags.username }),
    ...(flags.loginUrl === undefined ? {} : { loginUrl: flags.loginUrl }),
    ...(flags.audience === undefined ? {} : { audience: flags.audience }),
    ...(flags.clientSecretRef === undefined
      ? {}
      : { clientSecret: referenceOf('fallback-client-secret-ref', flags.clientSecretRef) }),
    ...(flags.otherUser ? { otherUser: true } : {}),
  }
  if (flags.grant !== undefined) return { ...common, flow: 'grant', grant: flags.grant }
  if (flags.clientCredentials) return { ...common, flow: 'client_credentials' }
  if (privateKey === undefined)
    throw bad('--fallback-jwt needs a key', 'Add --fallback-key-file PATH or --fallback-key-ref REFERENCE.')
  return { ...common, flow: 'jwt_bearer', privateKey }
}
