/**
 * The public contract of @keyturn/tokens: what `openKeyturn` returns and what it takes.
 */
import type { ExchangeCompanion } from './companion.ts'
import type { Clock } from './clock.ts'
import type { KeyturnError } from './errors.ts'
import type { Secret } from './secret.ts'
import type { Notice, Policy } from './protocol/event.ts'
import type { GrantState } from './protocol/state.ts'
import type { FallbackSettings, FormerClient, Identity, StoredGrant, Store } from './store/store.ts'

/**
 * A text, a `Secret`, or a reference (`env:NAME`, `file:PATH`, `command:…`, or of a scheme in `OpenOptions.resolvers`)
 * that is resolved each time it is used.
 */
export type SecretInput = string | Secret | { readonly reference: string }

export interface OpenOptions {
  /** `sqlite:./keyturn.db` or `postgres://user@host/db`. */
  readonly store: string
  /** 32 bytes, or where to find them: `env:NAME`, `file:PATH`, `command:…`, `keyring:NAME`, or by `resolvers`. */
  readonly masterKey: Uint8Array | Secret | string
  /**
   * Who resolves references of further schemes (`vault:…`, `aws:…`), given what follows the colon. Asked each time the
   * secret is used; what it throws is told only if it is a KeyturnError.
   */
  readonly resolvers?: Readonly<Record<'vault' | 'aws' | string, (rest: string) => Promise<Secret | string>>>
  /** Where this host keeps its journal; default beside the SQLite file, or below XDG_STATE_HOME for PostgreSQL. */
  readonly stateFolder?: string
  /** Hosts other than Salesforce's, My Domain's and loopback that a login URL may name. */
  readonly allowHosts?: readonly string[]
  /** Environment for HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** PEM file of a corporate CA, in addition to the system's. */
  readonly caFile?: string
  /** Migrate a shared PostgreSQL store (never done unasked). */
  readonly migrate?: boolean
  /** Use SQLite on a network file system all the same. */
  readonly forceNetworkFileSystem?: boolean
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  /** Programs that share a refresh token with this store (`sfCompanion` of the salesforce-core adapter). */
  readonly companions?: readonly ExchangeCompanion[]
  /** UUIDs for attempts and enrolments; default node:crypto. */
  readonly newId?: () => string
  /** Sweep by itself every so many ms (keep-alive, refresh ahead, doubts) while the process lives; default: never. */
  readonly sweepEvery?: number
  /** Bet that a host not heard of for so many ms will never speak again; default: never (an operator says so). */
  readonly lostHostAfter?: number
}

/** All in milliseconds. */
export interface Limits {
  /** To connect, TLS included. */
  readonly connect: number
  /** How long callers wait for an exchange. The reading goes on after it. */
  readonly wait: number
  /** From the claim to the first byte. */
  readonly send: number
  /** From the claim until another host may call its outcome in doubt and prepare a spare; a late answer still counts. */
  readonly doubt: number
  /** After this the reading ends: nothing more will be heard. */
  readonly read: number
  /** How old a token may be when it is served without asking the store again. */
  readonly stale: number
}

export interface AddGrant {
  readonly name: string
  readonly loginUrl: string
  readonly clientId: string
  readonly flow: 'refresh_token' | 'jwt_bearer' | 'client_credentials'
  readonly clientSecret?: SecretInput
  readonly refreshToken?: SecretInput
  /** An access token that came with the refresh token: served until it is refused. */
  readonly accessToken?: SecretInput
  readonly instanceUrl?: string
  /** PEM, for `jwt_bearer`. */
  readonly privateKey?: SecretInput
  readonly username?: string
  readonly scope?: string
  /** JWT audience; default: the login host's (login.salesforce.com, test.salesforce.com, or the My Domain). */
  readonly audience?: string
  readonly fallback?: readonly AddFallback[]
  readonly unknownOutcome?: Policy['unknownOutcome']
  readonly policy?: Partial<Policy>
  /** The org's session time-out where it is known, ms: lets Keyturn refresh while the token still lives. */
  readonly sessionTimeout?: number
  /** Exchange after this many ms without one, so that an idle limit is never met; null: never. Default 25 days. */
  readonly keepAlive?: number | null
  readonly identity?: Identity
}

export interface AddFallback {
  readonly name?: string
  readonly flow: 'jwt_bearer' | 'client_credentials' | 'grant'
  readonly clientId?: string
  readonly clientSecret?: SecretInput
  readonly privateKey?: SecretInput
  readonly username?: string
  readonly loginUrl?: string
  readonly audience?: string
  /** flow `grant`: the name of another grant of this store. */
  readonly grant?: string
  /** The spare may act as another user of the same org. Default false: such a token is refused. */
  readonly otherUser?: boolean
}

/** What callers get: enough to call Salesforce, and the generation to report a 401 with. */
export interface Token {
  readonly accessToken: string
  readonly instanceUrl: string
  readonly generation: number
  /** Epoch milliseconds. */
  readonly issuedAt: number
  readonly userId: string | null
  readonly orgId: string | null
  /** `refresh`, or the name of the way in that minted it. */
  readonly source: string
}

/** A grant as it is shown: no secret in it. */
export interface GrantView {
  readonly id: string
  readonly name: string
  readonly flow: StoredGrant['settings']['flow']
  readonly loginUrl: string
  readonly clientId: string
  /** The client before a change that isn't settled yet; `swapped`: the refresh token is spent by that one again. */
  readonly former: FormerClient | null
  readonly username: string | null
  readonly identity: Identity | null
  readonly status: GrantState['status'] | 'reauthorization-required' | 'removed'
  readonly why: { readonly code: string; readonly text: string; readonly at: number; readonly next: string } | null
  readonly lineage: string | null
  readonly generation: number
  readonly access: GrantState['access']
  readonly source: string | null
  readonly issuedAt: number | null
  readonly instanceUrl: string | null
  readonly exchangedAt: number | null
  readonly fallback: readonly (FallbackSettings & {
    readonly state: 'untried' | 'working' | 'failed'
    readonly independent: boolean
  })[]
  readonly state: GrantState
}

export type FieldRight = 'read' | 'create' | 'update'

/** What this user can really do with one field. A field without read access is absent: describe has no `accessible`. */
export interface FieldRights {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly read: true
  readonly create: boolean
  readonly update: boolean
  readonly filter: boolean
}

/** e.g. `{ Industry: 'read', Name: ['read', 'update'], 'Account.Owner.Email': 'read' }`. */
export type RequiredFields = Readonly<Record<string, FieldRight | readonly FieldRight[]>>

export interface MissingField {
  /** As it was required. */
  readonly field: string
  readonly right: FieldRight
  readonly cause: string
  /** A sentence for people. */
  readonly text: string
}

export interface ObjectFields {
  readonly object: string
  readonly user: string | null
  readonly readable: boolean
  readonly createable: boolean
  readonly updateable: boolean
  readonly deletable: boolean
  readonly fields: readonly FieldRights[]
  /** Names a field's rights; undefined when this user can't see it. */
  field(name: string): FieldRights | undefined
  /** What of the required rights is missing, and why. */
  missing(required: RequiredFields): readonly MissingField[]
  /** Throws FIELDS_MISSING when something required is missing. */
  require(required: RequiredFields): void
}

export interface KeyturnEvent {
  readonly type: Notice
  readonly grant: string
  readonly generation: number
  readonly at: number
  readonly why: GrantView['why']
}

/** A new consumer key, secret or JWT key of a grant; what is left out stays. */
export interface ClientChange {
  readonly clientId?: string
  readonly clientSecret?: SecretInput
  /** PEM. */
  readonly privateKey?: SecretInput
}

/** What came back to the redirect URI of a login in the browser (RFC 6749 §4.1.2), with its PKCE verifier (RFC 7636). */
export interface AuthorizationCode {
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier?: string
}

/** A new authorisation of a grant, from announcing it to trading the code. */
export interface Enrolment {
  readonly id: string
  /**
   * Exchanges the code once nothing is on the wire. Ends the enrolment either way. With `keepFormer` the refresh token
   * that is replaced stays sealed as an orphan until `grants.endFormer` ends it at Salesforce.
   */
  complete(code: AuthorizationCode, options?: { readonly keepFormer?: boolean }): Promise<GrantView>
  cancel(): Promise<void>
}

/** What a call with the present token showed; `unknown`: nobody could tell. */
export type Proof = 'works' | 'refused' | 'unknown'

/** How the end of an earlier authorisation went. */
export interface FormerEnded {
  /** The present token, before anything was revoked. Unless it works nothing is. */
  readonly before: Proof
  readonly revoked: number
  /** Left alone: not proven, another grant could go down with it, or Salesforce could not be asked. */
  readonly kept: number
  /** The present token afterwards; null: nothing was revoked. */
  readonly after: Proof | null
  readonly why: string | null
}

export interface Keyturn {
  readonly grants: {
    add(grant: AddGrant): Promise<GrantView>
    /**
     * Trades an authorisation code and adds the grant it buys, with its first access token. What a failure leaves behind
     * at Salesforce is revoked. Throws GRANT_EXISTS before the code is sent.
     */
    connect(grant: Omit<AddGrant, 'flow' | 'refreshToken' | 'accessToken'>, code: AuthorizationCode): Promise<GrantView>
    /**
     * All grants. A row that somebody altered in the database is STORE_TAMPERED; with `altered` it is told (`data`: `grant`,
     * `name`) and left out, so that it can't hold up the others.
     */
    list(options?: {
      readonly removed?: boolean
      readonly altered?: (error: KeyturnError) => void
    }): Promise<readonly GrantView[]>
    show(name: string): Promise<GrantView>
    /** Forgets the grant here (a tombstone stays); nothing happens at Salesforce. */
    remove(name: string): Promise<void>
    /** Revokes the grant's refresh token (else its access token) at Salesforce, then removes it. */
    revoke(name: string): Promise<void>
    /** After the cause of a block was removed: tries again. */
    retry(name: string): Promise<GrantView>
    /** Changes public settings or adds a spare way in. */
    update(
      name: string,
      change: Partial<
        Pick<
          AddGrant,
          'username' | 'fallback' | 'keepAlive' | 'sessionTimeout' | 'policy' | 'unknownOutcome' | 'clientSecret'
        >
      >,
    ): Promise<GrantView>
    /**
     * Changes the client and keeps the one before: machine flows try the new one first and the former one second, a
     * refresh token goes back to the former one when the new one is refused as a client. Saying the same twice is fine.
     * Throws CLIENT_CHANGE_RUNNING while an earlier change isn't settled.
     */
    changeClient(name: string, change: ClientChange): Promise<GrantView>
    /** Ends that: one client stays, the other is forgotten with its secrets. */
    settleClient(name: string, keep: 'new' | 'old'): Promise<GrantView>
    /** Announces a new authorisation; `lifetime` in ms (default 10 minutes). */
    enrol(name: string, lifetime?: number): Promise<Enrolment>
    /**
     * After an enrolment with `keepFormer`: proves the present token by a call, revokes at Salesforce what is left of the
     * earlier authorisation, and proves the present one again. A refusal then is a death like any other, with its event.
     */
    endFormer(name: string): Promise<FormerEnded>
    /**
     * Takes the refresh token out for another program. Ledgered. With `move`, this grant no longer holds it.
     */
    export(name: string, options: { readonly move: boolean; readonly to: string }): Promise<Secret>
  }
  /** A living access token; exchanged at most once for everybody. */
  token(name: string): Promise<Token>
  /** The API said 401 to this generation: a living token, exchanged at most once for everybody. */
  rejected(name: string, generation: number): Promise<Token>
  /** The API took this generation (optional; closes the breaker and teaches the session's life). */
  worked(name: string, generation: number): void
  /** `fetch` against the org with 401 handling: repeated once, with a body that can be sent again. */
  fetch(name: string, path: string, init?: FetchInit): Promise<Response>
  /**
   * What this user can really read, create and update. `required` names rights that are going to be asked for: the
   * objects that dotted names lead to are described as well. Throws nothing for a missing right: see `require`.
   */
  fields(name: string, object: string, required?: RequiredFields): Promise<ObjectFields>
  on(type: Notice | '*', listener: (event: KeyturnEvent) => void): () => void
  /** Keeps grants fresh in the background (refresh ahead, idle keep-alive, doubts): one sweep. Returns what it did. */
  sweep(): Promise<readonly { readonly grant: string; readonly did: string }[]>
  readonly store: Store
  close(): Promise<void>
}

export interface FetchInit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}
