/**
 * One exchange of a grant that is shared with another program: what happens before the claim and after the commit.
 *
 * The token both sides last held together is kept with the grant, sealed, and never sent. By its fingerprint a process that starts can tell "we
 * exchanged and died before writing theirs" from "they exchanged while we were away", and does what is due first.
 */
import { KeyturnError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { GrantSecrets, GrantSettings, Puts, Store, StoredGrant } from '../store/store.ts'
import { reconcile } from '../companion.ts'
import type { CompanionTurn, ExchangeCompanion, Reconciliation, SharedTokens } from '../companion.ts'

/** Where the mark stands among a grant's public settings. */
const MARK = 'companion'
/** Where the token both agreed on stands among its sealed values. */
const AGREED = 'companionAgreed'
const ADOPTION_MS = 60_000

/** The companion of a grant (`sf:USERNAME`), null for nearly all. */
export const companionOf = (settings: GrantSettings): string | null => settings.references[MARK] ?? null

/** Settings with that companion, or without any. */
export const withCompanion = (settings: GrantSettings, companion: string | null): GrantSettings => {
  const { [MARK]: _, ...references } = settings.references
  return { ...settings, references: companion === null ? references : { ...references, [MARK]: companion } }
}

export interface SharedTurn {
  /** The other program had exchanged: its token was taken over, so everything read before is old. Start again. */
  readonly moved: boolean
  /** Ask just before the first byte. */
  holds(): boolean
  /**
   * After the commit, whatever it was: writes our token to the other side if it changed, then lets it go on. Never
   * throws: a write that failed is noted in the ledger.
   */
  end(): Promise<void>
}

/** Locks the companion out and brings both sides into step. Null: this grant is not shared. */
export const takeTurn = async (
  store: Store,
  grant: StoredGrant,
  companions: readonly ExchangeCompanion[],
  newId: () => string,
): Promise<SharedTurn | null> => {
  const mark = companionOf(grant.settings)
  if (mark === null) return null
  const companion = companions.find(({ scheme }) => mark.startsWith(`${scheme}:`))
  if (companion === undefined) {
    throw new KeyturnError(
      'CONFIG_INVALID',
      `${grant.name} is shared (${mark}) and this process can't lock the other`,
      {
        data: { grant: grant.name, companion: mark },
        fix: 'Exchange it where the other program runs (openKeyturn with `companions: [sfCompanion({ core })]`), or move it.',
      },
    )
  }
  const turn = await companion.begin({ name: grant.name, companion: mark })
  try {
    const moved = await bringIntoStep(store, grant.id, turn, newId)
    return {
      moved,
      holds: () => turn.holds(),
      end: async () => {
        try {
          await writeOurs(store, grant.id, turn)
        } catch (error) {
          // The exchange itself is committed and its callers are served; the write is made up for first thing next time.
          await noteFailure(store, grant.id, error)
        } finally {
          await turn.end()
        }
      },
    }
  } catch (error) {
    await turn.end()
    throw error
  }
}

/**
 * Makes up for writes that a process which died (or failed) still owes the other side: the first thing to do on opening,
 * because until then the other program holds a spent token. Costs two reads per shared grant when nothing is owed.
 */
export const catchUp = async (
  store: Store,
  companions: readonly ExchangeCompanion[],
  newId: () => string,
): Promise<void> => {
  if (companions.length === 0) return
  // Rows that somebody altered are left alone: each says so to whoever asks for it, and the others are made up for.
  for (const grant of await store.grants({ altered: () => undefined })) {
    if (companionOf(grant.settings) === null || grant.state.lineage === (await agreed(store, grant.id))) continue
    try {
      const turn = await takeTurn(store, grant, companions, newId)
      await turn?.end()
    } catch (error) {
      await noteFailure(store, grant.id, error)
    }
  }
}

/** Nobody waits for it, so it is written down. The ledger holds codes only: a path or a username is personal. */
const noteFailure = async (store: Store, grantId: string, error: unknown): Promise<void> => {
  const code = error instanceof KeyturnError ? error.code : 'unexpected'
  await store.note('companion-write-failed', grantId, { code }).catch(() => undefined)
}

/** True when the grant's token is another one now. */
const bringIntoStep = async (
  store: Store,
  grantId: string,
  turn: CompanionTurn,
  newId: () => string,
): Promise<boolean> => {
  const { grant } = await store.look(grantId)
  const { lineage } = grant.state
  if (lineage === null) return false
  const theirs = turn.theirs === null ? null : store.lineageOf(turn.theirs.refreshToken)
  const due = await dueOf(store, grant, theirs)
  if (due === 'split') throw split(grant)
  if (due === 'write-ours') await writeOurs(store, grantId, turn)
  if (turn.theirs === null) return false
  if (due === 'in-step' && (await agreed(store, grantId)) !== lineage) {
    await agree(store, grantId, turn.theirs.refreshToken)
  }
  if (due !== 'adopt-theirs') return false
  await adopt(store, grant, turn.theirs, newId())
  return true
}

const agreed = async (store: Store, grantId: string): Promise<string | null> => {
  const refreshToken = await store.secret(grantId, AGREED)
  return refreshToken === null ? null : store.lineageOf(refreshToken)
}

/** What is due between this grant and the other side, which holds the token of fingerprint `theirs`. */
export const dueOf = async (store: Store, grant: StoredGrant, theirs: string | null): Promise<Reconciliation> =>
  grant.state.lineage === null
    ? 'theirs-gone'
    : reconcile({ ours: grant.state.lineage, theirs, agreed: await agreed(store, grant.id) })

export const split = (grant: StoredGrant): KeyturnError =>
  new KeyturnError(
    'GRANT_BLOCKED',
    `${grant.name}: this store and ${companionOf(grant.settings)} hold different refresh tokens and both changed since they last met`,
    {
      data: { grant: grant.name },
      fix: 'One of them is spent: sending it could revoke both. Authorise again with `keyturn connect NAME`.',
    },
  )

/** Theirs becomes ours: an authorisation that came from outside, announced so that nobody claims the old token. */
const adopt = async (store: Store, grant: StoredGrant, theirs: SharedTokens, id: string): Promise<void> => {
  const lineage = store.lineageOf(theirs.refreshToken)
  const deadline = (await store.now()) + ADOPTION_MS
  const announced = await store.apply(grant.id, { type: 'enrol', id, deadline })
  const enrolled = announced.applied
    ? await store.apply(grant.id, { type: 'enrolled', id, lineage }, tokenPuts(grant, theirs, deadline - ADOPTION_MS))
    : announced
  if (!enrolled.applied) {
    throw new KeyturnError('ENROLMENT_RUNNING', `${grant.name} is being authorised (${enrolled.reason ?? 'announced'})`)
  }
  await agree(store, grant.id, theirs.refreshToken)
}

/** Their tokens as what is stored with an `enrolled`. */
export const tokenPuts = (grant: StoredGrant, theirs: SharedTokens, now: number): Puts => ({
  secrets: {
    refreshToken: theirs.refreshToken,
    ...(theirs.accessToken === null ? {} : { accessToken: theirs.accessToken }),
  },
  access: {
    instanceUrl: theirs.instanceUrl ?? grant.access?.instanceUrl ?? grant.settings.loginUrl,
    issuedAt: now,
    scope: grant.access?.scope ?? null,
    format: grant.access?.format ?? 'opaque',
  },
})

/** What is kept with the grant once both sides hold this token. */
export const agreedOn = (refreshToken: Secret): GrantSecrets => ({ [AGREED]: refreshToken })

const agree = async (store: Store, grantId: string, refreshToken: Secret): Promise<void> => {
  await store.change(grantId, 'companion-agreed', { secrets: agreedOn(refreshToken) })
}

/** Nothing to do where both agree; the other side is never given a token it had logged out of. */
const writeOurs = async (store: Store, grantId: string, turn: CompanionTurn): Promise<void> => {
  if (turn.theirs === null) return
  const { grant } = await store.look(grantId)
  const ours = grant.state.lineage
  if (ours === null || ours === (await agreed(store, grantId))) return
  const refreshToken = await store.secret(grantId, 'refreshToken')
  if (refreshToken === null || store.lineageOf(refreshToken) !== ours) return
  const accessToken = await store.secret(grantId, 'accessToken')
  await turn.write({ refreshToken, accessToken, instanceUrl: grant.access?.instanceUrl ?? null })
  await agree(store, grantId, refreshToken)
}
