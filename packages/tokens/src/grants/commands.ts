/** The verbs of `keyturn.grants`. */
import type { AddGrant, GrantView, Keyturn, SecretInput } from '../contract.ts'
import { KeyturnError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { secret, type Secret } from '../secret.ts'
import type { GrantSettings, StoredGrant } from '../store/store.ts'
import type { TokenServer } from '../token/serve.ts'
import { checkLoginUrl } from '../wire/hosts.ts'
import { cascadeOf, fallbackOf, newGrantOf, policyOf } from './add.ts'
import { endFormer } from './end-former.ts'
import { changeClient, settleClient } from './client-change.ts'
import { enrol, noRefreshToken, tradeCode } from './enrol.ts'
import { revokeToken } from './revoke.ts'
import { viewOf } from './view.ts'

export const grantCommands = (rt: Runtime, tokens: TokenServer, allowHosts: readonly string[]): Keyturn['grants'] => {
  const find = async (name: string): Promise<StoredGrant> => {
    const grant = await rt.store.grant(name)
    if (grant === null)
      throw new KeyturnError('GRANT_NOT_FOUND', `There is no grant named ${name} in this store`, {
        data: { grant: name },
      })
    return grant
  }
  const remove = async (name: string): Promise<void> => {
    const removed = await rt.store.apply((await find(name)).id, { type: 'remove' })
    if (removed.applied) rt.emit(removed.grant, removed.notices)
  }
  return {
    add: (input) => add(rt, input, allowHosts),
    connect: (input, code) => connect(rt, input, code, allowHosts),
    list: async (options) => (await rt.store.grants(options)).map(viewOf),
    show: async (name) => viewOf(await find(name)),
    remove,
    revoke: async (name) => {
      const grant = await find(name)
      const token =
        (await rt.store.secret(grant.id, 'refreshToken')) ?? (await rt.store.secret(grant.id, 'accessToken'))
      if (token !== null) await revokeToken(rt, grant.settings.loginUrl, token)
      await remove(name)
    },
    retry: async (name) => {
      const retried = await rt.store.apply((await find(name)).id, { type: 'retry' })
      return viewOf(retried.grant)
    },
    update: async (name, change) => viewOf(await update(rt, await find(name), change, allowHosts)),
    changeClient: async (name, change) => viewOf(await changeClient(rt, await find(name), change)),
    settleClient: async (name, keep) => viewOf(await settleClient(rt, await find(name), keep)),
    enrol: async (name, lifetime) => enrol(rt, await find(name), lifetime),
    endFormer: async (name) => endFormer(rt, tokens, await find(name)),
    export: async (name, { move, to }) => takeOut(rt, await find(name), move, to),
  }
}

const add = async (rt: Runtime, input: AddGrant, allowHosts: readonly string[]): Promise<GrantView> => {
  const added = await rt.store.add(newGrantOf(input, allowHosts))
  if (input.sessionTimeout !== undefined) {
    await rt.store.change(added.id, 'learned', { learned: { ...added.learned, sessionTimeout: input.sessionTimeout } })
  }
  const token = textOf(input.accessToken)
  // A token that came along is served until the API refuses it: it becomes the first generation.
  if (token !== null && input.instanceUrl !== undefined && added.state.generation === 0)
    await adopt(rt, added, token, checkLoginUrl(input.instanceUrl, allowHosts))
  return viewOf((await rt.store.grantById(added.id)) ?? added)
}

const connect: (
  rt: Runtime,
  ...args: [...Parameters<Keyturn['grants']['connect']>, readonly string[]]
) => Promise<GrantView> = async (rt, input, code, allowHosts) => {
  if ((await rt.store.grant(input.name)) !== null) {
    throw new KeyturnError('GRANT_EXISTS', `The grant ${input.name} exists`, { data: { grant: input.name } })
  }
  const loginUrl = checkLoginUrl(input.loginUrl, allowHosts)
  const clientSecret = input.clientSecret === undefined ? null : await rt.resolve(input.clientSecret)
  const tokens = await tradeCode(rt, { loginUrl, clientId: input.clientId, clientSecret }, code)
  if (tokens.refreshToken === null) throw noRefreshToken()
  const { accessToken, instanceUrl, orgId, userId } = tokens
  try {
    return await add(
      rt,
      {
        ...input,
        flow: 'refresh_token',
        refreshToken: tokens.refreshToken,
        ...(accessToken === null || instanceUrl === null ? {} : { accessToken, instanceUrl }),
        ...(orgId === null || userId === null ? {} : { identity: { orgId, userId } }),
      },
      allowHosts,
    )
  } catch (error) {
    // Nobody holds what was bought.
    await revokeToken(rt, loginUrl, tokens.refreshToken).catch(() => undefined)
    throw error
  }
}

const textOf = (input: SecretInput | undefined): Secret | null => {
  if (input === undefined) return null
  if (typeof input === 'object' && 'reference' in input)
    throw new KeyturnError('BAD_ARGUMENT', 'An access token is given itself, not as a reference: it is short-lived')
  return secret(input)
}

const adopt = async (rt: Runtime, grant: StoredGrant, accessToken: Secret, instanceUrl: string): Promise<void> => {
  const id = rt.newId()
  const announced = await rt.store.apply(grant.id, {
    type: 'enrol',
    id,
    deadline: (await rt.store.now()) + rt.limits.wait,
  })
  if (!announced.applied) return
  const access = { instanceUrl, issuedAt: rt.clock.wall(), scope: null, format: 'opaque' }
  await rt.store.apply(
    grant.id,
    { type: 'enrolled', id, lineage: grant.state.lineage },
    { access, secrets: { accessToken } },
  )
}

type Change = Parameters<Keyturn['grants']['update']>[1]

const update = async (
  rt: Runtime,
  grant: StoredGrant,
  change: Change,
  allowHosts: readonly string[],
): Promise<StoredGrant> => {
  const sorted = {
    secrets: {} as Record<string, Secret>,
    references: { ...grant.settings.references } as Record<string, string>,
  }
  if (change.clientSecret !== undefined) {
    const input = change.clientSecret
    if (typeof input === 'object' && 'reference' in input) sorted.references.clientSecret = input.reference
    else {
      delete sorted.references.clientSecret
      sorted.secrets.clientSecret = secret(input)
    }
  }
  const { name, settings } = grant
  const owner = {
    name,
    clientId: settings.clientId,
    ...(settings.username === null ? {} : { username: settings.username }),
    clientSecret: { reference: 'kept' },
  }
  const fallback =
    change.fallback?.map((spare, index) => fallbackOf(owner, spare, index, sorted, allowHosts)) ?? settings.fallback
  const next: GrantSettings = {
    ...settings,
    username: change.username ?? settings.username,
    fallback,
    policy: policyOf(settings.policy, change),
    keepAlive: change.keepAlive === undefined ? settings.keepAlive : change.keepAlive,
    references: sorted.references,
  }
  if (change.fallback !== undefined) {
    const cascade = cascadeOf(settings.flow, settings.clientId, fallback)
    await rt.store.apply(grant.id, { type: 'spares', names: fallback.map((spare) => spare.name), cascade })
  }
  const learned =
    change.sessionTimeout === undefined ? {} : { learned: { ...grant.learned, sessionTimeout: change.sessionTimeout } }
  return rt.store.change(grant.id, 'settings-changed', { settings: next, secrets: sorted.secrets, ...learned })
}

/** A copy makes two holders of a single-use token: only `move` is safe, and both are ledgered. */
const takeOut = async (rt: Runtime, grant: StoredGrant, move: boolean, to: string): Promise<Secret> => {
  const token = await rt.store.secret(grant.id, 'refreshToken')
  if (token === null) throw new KeyturnError('BAD_ARGUMENT', `Grant ${grant.name} has no refresh token to take out`)
  if (grant.state.spend !== null)
    throw new KeyturnError('CLAIM_LOST', `An exchange of ${grant.name} is under way: its token is about to change`)
  await rt.store.note('exported', grant.id, { lineage: grant.state.lineage, move, to })
  if (move) {
    const removed = await rt.store.apply(grant.id, { type: 'remove' })
    if (removed.applied) rt.emit(removed.grant, removed.notices)
  }
  return token
}
