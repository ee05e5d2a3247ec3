/**
 * From an authorisation of the sf CLI to a grant of Keyturn.
 *
 * `move` (default): the refresh token leaves the CLI's file; the CLI keeps an access token. Under the CLI's refresh lock
 * and in this order, so that a crash anywhere leaves one spender and a state from which the same call goes on:
 *   1. the grant is added and paused (an announced enrolment: nothing may be claimed);
 *   2. the refresh token is deleted from the CLI's file, and the file is read back;
 *   3. the pause ends.
 * `shared`: both keep it; between 1 and 3 the grant is marked, and every exchange then runs through `share-with-sf.ts`.
 */
import { systemClock } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { AddGrant, GrantView, Keyturn } from '../contract.ts'
import { KeyturnError } from '../errors.ts'
import type { StoredGrant } from '../store/store.ts'
import { secret } from '../secret.ts'
import type { Secret } from '../secret.ts'
import type { SharedTokens } from '../companion.ts'
import { loadCore } from './core-module.ts'
import type { SfCore, SfFields } from './core-module.ts'
import { openSfAuthFile } from './sf-auth-file.ts'
import type { SfAuthFile } from './sf-auth-file.ts'
import { SF_SCHEME } from './share-with-sf.ts'
import { agreedOn, companionOf, dueOf, split, tokenPuts, withCompanion } from '../spend/shared-turn.ts'

export interface ImportFromSf {
  readonly keyturn: Keyturn
  /** The grant's name in Keyturn. */
  readonly name: string
  readonly aliasOrUsername: string
  readonly mode?: 'move' | 'shared'
  readonly core?: SfCore
  readonly from?: string | URL
  readonly clock?: Clock
  /** How long to wait for a running refresh of the CLI, ms. */
  readonly wait?: number
  /** Anything else the grant is to have: fallback, keepAlive, sessionTimeout, policy. */
  readonly grant?: Partial<Pick<AddGrant, 'fallback' | 'keepAlive' | 'sessionTimeout' | 'policy' | 'unknownOutcome'>>
}

export interface ImportedFromSf {
  readonly grant: GrantView
  readonly username: string
  readonly mode: 'move' | 'shared'
  /** This call found the work of an earlier one, and finished it or had nothing left to do. */
  readonly resumed: boolean
  /** Client apps linked in the same file: each holds a refresh token of its own, which stays where it is. */
  readonly clientApps: readonly string[]
  /** An sf process died while refreshing: this token may be spent already. The next exchange will show. */
  readonly abandoned: boolean
}

/** The enrolment by which a half-moved grant is paused. Fixed, so that the next call recognises it. */
const PAUSE = 'moving-from-sf'
/** Long enough that only a finished move ends it. */
const PAUSE_MS = 10 * 365 * 24 * 3_600_000

export const importFromSf = async (options: ImportFromSf): Promise<ImportedFromSf> => {
  const core = options.core ?? (await loadCore(options.from))
  const file = await openSfAuthFile({
    core,
    aliasOrUsername: options.aliasOrUsername,
    clock: options.clock ?? systemClock,
    wait: options.wait ?? 45_000,
  })
  try {
    return await take(options, file)
  } finally {
    file.close()
  }
}

const take = async (options: ImportFromSf, file: SfAuthFile): Promise<ImportedFromSf> => {
  const { keyturn, name } = options
  const { store } = keyturn
  const mode = options.mode ?? 'move'
  const fields = (await file.read()) ?? {}
  const known = await store.grant(name)
  const before = known !== null && known.state.removedAt === null ? known : null
  if (before !== null) assertSame(before, file.username, fields, (token) => store.lineageOf(secret(token)))
  if (before === null) await add(options, file.username, fields)
  const shared = before !== null && companionOf(before.settings) !== null && before.state.enrolment?.id !== PAUSE
  if (fields.refreshToken !== undefined && !(mode === 'shared' && shared)) {
    const grant = await pausedAndCurrent(keyturn, await stored(keyturn, name), fields)
    if (mode === 'move') await remove(grant, file)
    else await share(keyturn, grant, file.username, secret(fields.refreshToken))
  }
  await finish(keyturn, await stored(keyturn, name), mode)
  return {
    grant: await keyturn.grants.show(name),
    username: file.username,
    mode,
    resumed: before !== null,
    clientApps: Object.keys(fields.clientApps ?? {}),
    abandoned: file.abandoned,
  }
}

/** The grant of that name must be what an earlier call of this import made; anything else is somebody else's. */
const assertSame = (
  grant: StoredGrant,
  username: string,
  fields: SfFields,
  lineageOf: (token: string) => string,
): void => {
  const sameToken = fields.refreshToken !== undefined && lineageOf(fields.refreshToken) === grant.state.lineage
  const shared = companionOf(grant.settings) === `${SF_SCHEME}:${username}`
  const sameUser = grant.settings.username === username
  const paused = sameUser && grant.state.enrolment?.id === PAUSE
  const done = sameUser && fields.refreshToken === undefined
  // A call that died right after adding: Keyturn never exchanged, so whatever the CLI holds is the newer one.
  const untouched = sameUser && grant.exchangedAt === 0 && grant.state.status === 'live'
  if (paused || sameToken || shared || untouched || done) return
  throw new KeyturnError(
    'GRANT_EXISTS',
    `the grant ${JSON.stringify(grant.name)} exists and isn't ${username} of the sf CLI`,
    {
      data: { grant: grant.name, username },
    },
  )
}

const add = async ({ keyturn, name, grant }: ImportFromSf, username: string, fields: SfFields): Promise<void> => {
  const loginUrl = fields.loginUrl ?? fields.instanceUrl
  if (loginUrl === undefined) {
    throw new KeyturnError('BAD_ARGUMENT', `the sf CLI's file of ${username} names no login or instance URL`)
  }
  const base = { ...grant, name, loginUrl, username, clientId: fields.clientId ?? 'PlatformCLI' }
  if (fields.refreshToken !== undefined) {
    await keyturn.grants.add({
      ...base,
      flow: 'refresh_token',
      refreshToken: secret(fields.refreshToken),
      ...(fields.clientSecret === undefined ? {} : { clientSecret: secret(fields.clientSecret) }),
      ...(fields.accessToken === undefined ? {} : { accessToken: secret(fields.accessToken) }),
      ...(fields.instanceUrl === undefined ? {} : { instanceUrl: fields.instanceUrl }),
    })
  } else if (fields.privateKey !== undefined) {
    // Nothing moves: a JWT login spends nothing, and the CLI's file holds the key's path.
    await keyturn.grants.add({ ...base, flow: 'jwt_bearer', privateKey: { reference: `file:${fields.privateKey}` } })
  } else {
    throw new KeyturnError('BAD_ARGUMENT', `the sf CLI holds only an access token for ${username}: nothing to import`, {
      data: { username },
      fix: 'Authorise a grant of its own with `keyturn connect NAME`.',
    })
  }
}

/** Paused, and holding the living one of the two tokens, should they differ. */
const pausedAndCurrent = async (keyturn: Keyturn, grant: StoredGrant, fields: SfFields): Promise<StoredGrant> => {
  const { store } = keyturn
  const paused = await pause(keyturn, grant)
  const theirs: SharedTokens = {
    refreshToken: secret(fields.refreshToken ?? ''),
    accessToken: fields.accessToken === undefined ? null : secret(fields.accessToken),
    instanceUrl: fields.instanceUrl ?? null,
  }
  const lineage = store.lineageOf(theirs.refreshToken)
  const due = companionOf(paused.settings) === null ? 'adopt-theirs' : await dueOf(store, paused, lineage)
  if (due === 'split') throw split(paused)
  if (due !== 'adopt-theirs' || paused.state.lineage === lineage) return paused
  // Ours was never exchanged since the two were the same, theirs was: what the CLI holds now is the living one.
  await store.apply(grant.id, { type: 'enrolled', id: PAUSE, lineage }, tokenPuts(paused, theirs, await store.now()))
  return pause(keyturn, grant)
}

const remove = async (grant: StoredGrant, file: SfAuthFile): Promise<void> => {
  if (file.holds()) return file.write({ refreshToken: undefined })
  throw new KeyturnError('CLAIM_LOST', 'the sf CLI took its lock back meanwhile: run the import again', {
    data: { grant: grant.name },
  })
}

const share = async ({ store }: Keyturn, grant: StoredGrant, username: string, token: Secret): Promise<void> => {
  if (companionOf(grant.settings) !== null) return
  await store.change(grant.id, 'companion', {
    settings: withCompanion(grant.settings, `${SF_SCHEME}:${username}`),
    secrets: agreedOn(token),
  })
}

/** Also for a call that died just before. */
const finish = async ({ store }: Keyturn, grant: StoredGrant, mode: 'move' | 'shared'): Promise<void> => {
  if (mode === 'move' && companionOf(grant.settings) !== null) {
    await store.change(grant.id, 'companion', { settings: withCompanion(grant.settings, null) })
  }
  if (grant.state.enrolment?.id === PAUSE) await store.apply(grant.id, { type: 'enrolment-ended', id: PAUSE })
}

const pause = async (keyturn: Keyturn, grant: StoredGrant): Promise<StoredGrant> => {
  const { store } = keyturn
  const paused = await store.apply(grant.id, { type: 'enrol', id: PAUSE, deadline: (await store.now()) + PAUSE_MS })
  if (!paused.applied && paused.grant.state.enrolment?.id !== PAUSE) {
    throw new KeyturnError('ENROLMENT_RUNNING', `somebody is authorising ${grant.name} now`, {
      data: { grant: grant.name },
    })
  }
  if (paused.grant.state.spend !== null) {
    throw new KeyturnError('CLAIM_LOST', `${grant.name} is being exchanged at this moment: run the import again`, {
      data: { grant: grant.name },
    })
  }
  return paused.grant
}

const stored = async (keyturn: Keyturn, name: string): Promise<StoredGrant> => {
  const grant = await keyturn.store.grant(name)
  if (grant === null) throw new KeyturnError('GRANT_NOT_FOUND', `no grant is named ${JSON.stringify(name)}`)
  return grant
}
