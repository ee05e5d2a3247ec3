/**
 * `vault:secret/data/app#field`: the path as the API has it (of key/value version 2, with `data` after the mount;
 * version 1 works, too), and the field of the secret. Without a field the secret must hold one only.
 */
import type { Secret } from '@keyturn/tokens'
import { isObject, messageOf } from './json-answer.ts'
import { pickField } from './pick-field.ts'
import { notReady } from './refusals.ts'
import type { Surroundings } from './surroundings.ts'
import { withVault } from './vault-client.ts'

export const resolveVaultReference = (rest: string, surroundings: Surroundings): Promise<Secret> =>
  withVault({}, surroundings, async (client) => {
    const [path, field] = split(rest)
    const { status, body } = await client.get(path.replace(/^\/+|\/+$/g, ''))
    const outer = isObject(body.data) ? body.data : null
    if (status !== 200 || outer === null) {
      throw notReady(
        `Vault has no secret at ${path} (${status}) ${messageOf(body)}`.trim(),
        'Write the path of the API: for key/value version 2 that is MOUNT/data/PATH.',
      )
    }
    return pickField(isObject(outer.data) && isObject(outer.metadata) ? outer.data : outer, field, `vault:${path}`)
  })

const split = (rest: string): readonly [string, string?] => {
  const at = rest.lastIndexOf('#')
  return at < 0 ? [rest] : [rest.slice(0, at), rest.slice(at + 1)]
}
