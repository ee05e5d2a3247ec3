/**
 * Where the master key comes from: 32 bytes as such, hex or base64 in a `Secret`, or a place to find them: `env:NAME`,
 * `file:PATH` (mode 0600 or 0400), `command:PROGRAM ARGUMENTS` (a KMS or a password manager), `keyring:NAME` (the
 * desktop's: Secret Service on Linux, Keychain on macOS), `vault:…` and `aws:…` where a resolver is passed.
 */
import { readFile, stat } from 'node:fs/promises'
import { KeyturnError, errorTable } from '../errors.ts'
import { Secret } from '../secret.ts'
import { isReference, resolveReference, runProgram } from './reference.ts'
import type { Environment, Resolvers } from './reference.ts'
import { keyLength } from './sealed.ts'

export type MasterKeySource = Uint8Array | Secret | string

const bad = (where: string, why: string, fix?: string) =>
  new KeyturnError('KEY_MISSING', `master key (${where}): ${why}`, {
    data: { where },
    ...(fix === undefined ? {} : { fix }),
  })

/** Hex or base64 (either alphabet, padded or not) of exactly 32 bytes. */
const decode = (where: string, key: Secret): Uint8Array => {
  const text = key.reveal().trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64url')
  throw bad(
    where,
    `is not ${keyLength} bytes in hex or base64`,
    'Make one with `openssl rand -hex 32` or `keyturn init`.',
  )
}

const fromFile = async (path: string): Promise<Secret> => {
  const where = `file:${path}`
  const found = await stat(path).catch((error: unknown) => {
    throw bad(where, `can’t be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`)
  })
  const mode = found.mode & 0o777
  // Windows has no such modes; there the folder's access list decides.
  if (process.platform !== 'win32' && mode !== 0o600 && mode !== 0o400) {
    throw bad(
      where,
      `has mode ${mode.toString(8).padStart(4, '0')}, others may read it`,
      `Run: chmod 600 ${/^[\w./~-]+$/.test(path) ? path : `'${path}'`}`,
    )
  }
  return new Secret(await readFile(path, 'utf8'))
}

const keyringService = 'keyturn'

const keyringPrograms = (name: string) => {
  const secretService = ['service', keyringService, 'account', name]
  if (process.platform === 'darwin') {
    return {
      find: ['/usr/bin/security', 'find-generic-password', '-s', keyringService, '-a', name, '-w'],
      // `security -i` reads its commands from standard input, so that the key is in no argument list.
      keep: ['/usr/bin/security', '-i'],
      input: (key: Secret) =>
        `add-generic-password -U -s ${keyringService} -a "${name.replaceAll(/(["\\])/g, '\\$1')}" -w ${key.reveal()}\n`,
    }
  }
  if (process.platform === 'linux') {
    return {
      find: ['secret-tool', 'lookup', ...secretService],
      keep: ['secret-tool', 'store', `--label=Keyturn master key ${name}`, ...secretService],
      input: (key: Secret) => key.reveal(),
    }
  }
  throw bad(`keyring:${name}`, `there is no keyring known on ${process.platform}`, 'Use file:, env: or command: here.')
}

const inKeyring = async (name: string, argv: readonly string[], input: string): Promise<string> =>
  runProgram(`keyring:${name}`, argv, input).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.replace(`keyring:${name}: `, '') : 'failed'
    throw bad(
      `keyring:${name}`,
      why,
      process.platform === 'linux'
        ? 'Install secret-tool (libsecret-tools) and unlock the keyring, or use file:, env: or command:.'
        : 'Unlock the keychain, or use file:, env: or command:.',
    )
  })

/** Puts a key into the desktop's keyring. */
export const keepInKeyring = async (name: string, key: Uint8Array): Promise<void> => {
  const { keep, input } = keyringPrograms(name)
  await inKeyring(name, keep, input(new Secret(Buffer.from(key).toString('hex'))))
}

/** Finds the 32 bytes. Throws KEY_MISSING with what to do. */
export const resolveMasterKey = async (
  source: MasterKeySource,
  env: Environment = process.env,
  resolvers: Resolvers = {},
): Promise<Uint8Array> => {
  if (source instanceof Secret) return decode('given', source)
  if (typeof source !== 'string') {
    if (source.length !== keyLength) throw bad('given', `has ${source.length} bytes, not ${keyLength}`)
    return source
  }
  if (source.startsWith('file:')) return decode(source, await fromFile(source.slice('file:'.length)))
  if (source.startsWith('keyring:')) {
    const name = source.slice('keyring:'.length)
    const found = (await inKeyring(name, keyringPrograms(name).find, '')).trim()
    if (found === '') throw bad(source, 'the keyring holds no such key')
    return decode(source, new Secret(found))
  }
  if (isReference(source, resolvers)) {
    const found = await resolveReference(source, env, resolvers).catch((error: unknown) => {
      if (!(error instanceof KeyturnError)) throw bad(source, 'can’t be resolved')
      // What a resolver advises is better than "name the master key"; the general advice is not.
      const fix = error.fix === errorTable.REFERENCE_UNRESOLVED.fix ? undefined : error.fix
      throw bad(source, error.message.replace(`${source}: `, ''), fix)
    })
    return decode(source, found)
  }
  // The key itself must not stand in a configuration or an argument list; the text is not repeated here.
  throw bad(
    'given as text',
    'names no place',
    'Use env:NAME, file:PATH, command:…, vault:…, aws:… or keyring:NAME, or pass bytes.',
  )
}
