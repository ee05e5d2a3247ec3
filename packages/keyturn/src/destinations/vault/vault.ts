/**
 * HashiCorp Vault or OpenBao, key/value version 2. Other fields of the secret stay; check-and-set keeps a value that
 * somebody else wrote in between.
 */
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { changed } from '../../secret-managers/refusals.ts'
import { withVault } from '../../secret-managers/vault-client.ts'
import type { VaultClient, VaultPlace } from '../../secret-managers/vault-client.ts'
import { defineKind } from '../destination.ts'
import type { DestinationParts, DestinationValue, Problem } from '../destination.ts'
import { fieldMap, placed } from '../field-map.ts'
import { problemsOf } from '../problems.ts'
import { resolveSetting, secretSetting } from '../secret-setting.ts'

const path = z.string().regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[^/?#]+(\/[^/?#]+)*$/, 'must be a path such as team/app')

const settings = z.strictObject({
  kind: z.literal('vault'),
  mount: path.optional().describe('Mount of the secrets engine; default secret'),
  path: path.describe('Path below the mount, without data/'),
  fields: fieldMap(/^.+$/, 'must be a name')
    .optional()
    .describe('Field of the secret: field of the credential; default: each under its own name'),
  address: z
    .string()
    .regex(/^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/, 'must be a URL')
    .optional()
    .describe('Default: VAULT_ADDR'),
  namespace: z.string().min(1).optional().describe('Default: VAULT_NAMESPACE'),
  caFile: z.string().min(1).optional().describe('PEM file of its CA; default: VAULT_CACERT'),
  token: secretSetting.optional().describe('Where its token is; default: as the vault command finds it'),
  appRole: z
    .strictObject({
      roleId: z.string().min(1),
      secretId: secretSetting.describe('Where the secret id is'),
      mount: path.optional().describe('Default approle'),
    })
    .optional()
    .describe('Log in with an AppRole instead'),
})

type Settings = z.infer<typeof settings>

const placeOf = async (given: Settings, parts: DestinationParts): Promise<VaultPlace> => {
  const { address, namespace, caFile, token, appRole } = given
  return {
    address,
    namespace,
    caFile: caFile === undefined ? undefined : resolve(parts.folder, caFile),
    token: token === undefined ? undefined : await resolveSetting(token, parts),
    appRole:
      appRole === undefined
        ? undefined
        : {
            roleId: appRole.roleId,
            secretId: await resolveSetting(appRole.secretId, parts),
            mount: appRole.mount,
          },
  }
}

const lacking = (where: string, rights: readonly string[] | null, exists: boolean): readonly Problem[] => {
  if (rights === null || rights.includes('root')) return []
  const needed = ['read', exists ? 'update' : 'create'].filter((right) => !rights.includes(right))
  if (needed.length === 0) return []
  return [
    {
      code: 'DESTINATION_REFUSED',
      text: `the token of Vault may not ${needed.join(' and ')} ${where}`,
      next: `Allow it in a policy: path "${where}" { capabilities = ["read", "create", "update"] }`,
    },
  ]
}

export const vault = defineKind({
  kind: 'vault',
  settings,
  describe: ({ mount = 'secret', path: below }) => `${mount}/${below}`,
  open: (given, parts) => {
    const { mount = 'secret', path: below, fields } = given
    const where = `${mount}/data/${below}`
    const at = `vault:${where}`
    const opened = async <T>(work: (client: VaultClient) => Promise<T>): Promise<T> =>
      withVault(await placeOf(given, parts), parts, work)
    const valuesOf = (value: DestinationValue): Readonly<Record<string, string>> =>
      Object.fromEntries([...placed(value, fields, (field) => field)].map(([name, secret]) => [name, secret.reveal()]))
    const holds = (data: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, string>>): boolean =>
      Object.entries(wanted).every(([name, text]) => data[name] === text)
    return {
      kind: 'vault',
      name: parts.name,
      preflight: () =>
        problemsOf(() =>
          opened(async (client) => {
            const rights = await client.capabilities(where)
            const missing = lacking(where, rights, true)
            if (rights !== null && !rights.includes('read') && !rights.includes('root')) return missing
            const { version } = await client.read(mount, below)
            return lacking(where, rights, version > 0)
          }),
        ),
      write: (value) =>
        opened(async (client) => {
          const now = await client.read(mount, below)
          const wanted = valuesOf(value)
          if (holds(now.data, wanted)) return { changed: false, at }
          const version = await client.write(mount, below, { ...now.data, ...wanted }, now.version)
          const names = Object.keys(wanted)
          return { changed: true, at, previous: JSON.stringify({ before: now.version, after: version, names }) }
        }),
      readBack: (value) =>
        opened(async (client) => {
          const { data } = await client.read(mount, below)
          return holds(data, valuesOf(value)) ? 'same' : 'different'
        }),
      rollBack: (previous) =>
        opened(async (client) => {
          const { before, after, names } = handle.parse(JSON.parse(previous))
          const now = await client.read(mount, below)
          const old = before === 0 ? {} : (await client.read(mount, below, before)).data
          const kept = Object.entries(now.data).filter(([name]) => !names.includes(name))
          const back = Object.fromEntries([...kept, ...Object.entries(old).filter(([name]) => names.includes(name))])
          // By this very step, whose answer or record was lost.
          if (now.version > after && isDeepStrictEqual(back, now.data)) return { changed: false, at }
          if (now.version !== after)
            throw changed(`${where} has version ${now.version}: somebody wrote it after version ${after}`)
          await client.write(mount, below, back, now.version)
          return { changed: true, at }
        }),
    }
  },
})

const handle = z.object({ before: z.int(), after: z.int(), names: z.array(z.string()) })
