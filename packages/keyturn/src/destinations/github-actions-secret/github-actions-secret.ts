/**
 * Secrets of GitHub Actions, of a repository or of one of its environments. GitHub gives none back: what was written is
 * accepted (201, 204) and not proved. https://docs.github.com/en/rest/actions/secrets
 */
import { Secret } from '@keyturn/tokens'
import * as z from 'zod'
import { askJson, messageOf } from '../../secret-managers/json-answer.ts'
import type { JsonAnswer } from '../../secret-managers/json-answer.ts'
import { notReady, refused, unreachable } from '../../secret-managers/refusals.ts'
import { withNetwork } from '../../secret-managers/surroundings.ts'
import { defineKind } from '../destination.ts'
import type { DestinationParts, DestinationValue } from '../destination.ts'
import { fieldMap, placed } from '../field-map.ts'
import { problemsOf } from '../problems.ts'
import { resolveSetting, secretSetting } from '../secret-setting.ts'
import { usualName } from '../usual-names.ts'

const settings = z.strictObject({
  kind: z.literal('github-actions-secret'),
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be OWNER/NAME'),
  environment: z.string().min(1).max(255).optional().describe('Of this environment instead of the whole repository'),
  fields: fieldMap(
    /^(?![Gg][Ii][Tt][Hh][Uu][Bb]_)[A-Za-z_]\w*$/,
    'must be letters, digits and _, and not begin with GITHUB_',
  )
    .optional()
    .describe('Name of the secret: field of the credential; default: the usual names (SF_PASSWORD, …)'),
  token: secretSetting.describe('Where a token is that may write secrets'),
  apiUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/, 'must be a URL')
    .optional()
    .describe('Of GitHub Enterprise Server (https://HOST/api/v3); default https://api.github.com'),
})

type Settings = z.infer<typeof settings>
type Ask = (method: string, path: string, body?: unknown) => Promise<JsonAnswer>

/** GitHub's own limit. */
const largest = 48 * 1024

const withGitHub = async <T>(given: Settings, parts: DestinationParts, work: (ask: Ask) => Promise<T>): Promise<T> => {
  const { repository, environment, apiUrl = 'https://api.github.com' } = given
  const token = await resolveSetting(given.token, parts)
  const headers = {
    authorization: new Secret(`Bearer ${token.reveal()}`),
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'keyturn',
  }
  const owner = `${apiUrl.replace(/\/$/, '')}/repos/${repository}`
  const base =
    environment === undefined
      ? `${owner}/actions/secrets`
      : `${owner}/environments/${encodeURIComponent(environment)}/secrets`
  return withNetwork(parts, {}, (net) =>
    work(async (method, path, body) => {
      const answer = await askJson(new URL(`${base}${path}`), { method, headers, body }, net)
      const { status } = answer
      const said = `${status} ${messageOf(answer.body)}`.trim()
      const limited = status === 429 || (status === 403 && answer.headers['x-ratelimit-remaining'] === '0')
      if (limited || answer.headers['retry-after'] !== undefined || status >= 500)
        throw unreachable(`GitHub does not do it now: ${said}`)
      if (status === 401) throw refused(`GitHub refuses the token: ${said}`, 'Make a new one; they expire.')
      if (status === 403) throw refused(`GitHub denies it: ${said}`)
      if (status === 404) {
        // GitHub says "not found" also where a token may not know that something exists.
        throw refused(
          `GitHub shows ${environment === undefined ? repository : `environment ${environment} of ${repository}`} to nobody with this token: ${said}`,
          'Check the name, and that the token may read and write its secrets.',
        )
      }
      return answer
    }),
  )
}

interface PublicKey {
  readonly id: string
  readonly key: Buffer
}

const publicKey = async (ask: Ask): Promise<PublicKey> => {
  const { status, body } = await ask('GET', '/public-key')
  const key = typeof body.key === 'string' ? Buffer.from(body.key, 'base64') : null
  if (status !== 200 || key?.length !== 32 || typeof body.key_id !== 'string')
    throw unreachable(`GitHub answered ${status} and no public key`)
  return { id: body.key_id, key }
}

/** Only the holder of the private key can open it (libsodium's crypto_box_seal). */
const sealed = async (text: string, { key }: PublicKey): Promise<string> => {
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  return Buffer.from(sodium.crypto_box_seal(Buffer.from(text, 'utf8'), key)).toString('base64')
}

export const githubActionsSecret = defineKind({
  kind: 'github-actions-secret',
  settings,
  describe: ({ repository, environment }) =>
    environment === undefined ? repository : `${repository} (${environment})`,
  open: (given, parts) => {
    const put = async (ask: Ask, name: string, text: string): Promise<void> => {
      // 422: the public key was replaced between asking for it and using it.
      for (let round = 1; ; round++) {
        const key = await publicKey(ask)
        const { status, body } = await ask('PUT', `/${name}`, {
          encrypted_value: await sealed(text, key),
          key_id: key.id,
        })
        if (status === 201 || status === 204) return
        if (status !== 422 || round === 2)
          throw notReady(`GitHub did not take ${name}: ${status} ${messageOf(body)}`.trim())
      }
    }
    const textsOf = (value: DestinationValue): ReadonlyMap<string, string> =>
      new Map([...placed(value, given.fields, usualName)].map(([name, secret]) => [name, secret.reveal()]))
    return {
      kind: 'github-actions-secret',
      name: parts.name,
      preflight: () =>
        problemsOf(() =>
          withGitHub(given, parts, async (ask) => {
            await publicKey(ask)
          }),
        ),
      // Each name is a request of its own; a repetition writes all of them again, which does no harm.
      write: async (value) => {
        const texts = textsOf(value)
        for (const [name, text] of texts) {
          if (Buffer.byteLength(text) > largest) throw notReady(`${name} is longer than the ${largest} bytes of GitHub`)
        }
        return withGitHub(given, parts, async (ask) => {
          for (const [name, text] of texts) await put(ask, name, text)
          return { changed: true, at: `github:${given.repository}#${[...texts.keys()].join(',')}` }
        })
      },
      readBack: () => Promise.resolve('not-readable' as const),
    }
  },
})
