/**
 * An authorisation for the sf CLI that holds an access token and nothing to refresh it with: `sf` works until the
 * session ends, and the refresh token stays with its one holder. Call it again for a fresh one.
 */
import type { Keyturn } from '../contract.ts'
import { KeyturnError } from '../errors.ts'
import { authInfoOf, loadCore } from './core-module.ts'
import type { SfCore } from './core-module.ts'
import { orgOf } from './org-connection.ts'

export interface ExportToSf {
  readonly keyturn: Keyturn
  readonly name: string
  /** An alias to set in the CLI. */
  readonly alias?: string
  readonly core?: SfCore
  readonly from?: string | URL
}

export interface ExportedToSf {
  readonly username: string
  readonly generation: number
}

export const exportToSf = async ({ keyturn, name, alias, ...where }: ExportToSf): Promise<ExportedToSf> => {
  const core = where.core ?? (await loadCore(where.from))
  const [token, grant] = [await keyturn.token(name), await keyturn.grants.show(name)]
  const state = await core.StateAggregator.getInstance()
  const fresh = { accessToken: token.accessToken, instanceUrl: token.instanceUrl, loginUrl: grant.loginUrl }
  const username = grant.username === null ? null : state.aliases.resolveUsername(grant.username)
  if (username !== null && (await state.orgs.hasFile?.(username)) === true) {
    const authInfo = await authInfoOf(core, { username })
    const { refreshToken, privateKey } = authInfo.getFields()
    if (refreshToken !== undefined || privateKey !== undefined) {
      throw new KeyturnError('BAD_ARGUMENT', `the sf CLI has a login of its own for ${username}: it is left as it is`, {
        data: { username },
        fix: 'Use that login, move it to Keyturn first, or `sf org logout` it.',
      })
    }
    await authInfo.save(fresh)
    await setAlias(core, alias, username)
    return { username, generation: token.generation }
  }
  const authInfo = await authInfoOf(core, {
    accessTokenOptions: {
      ...fresh,
      ...(username === null ? {} : { username }),
      ...orgOf(token),
    },
  })
  await authInfo.save()
  await setAlias(core, alias, authInfo.getUsername())
  return { username: authInfo.getUsername(), generation: token.generation }
}

const setAlias = async (core: SfCore, alias: string | undefined, username: string): Promise<void> => {
  if (alias === undefined) return
  const { aliases } = await core.StateAggregator.getInstance()
  await aliases.setAndSave?.(alias, username)
}
