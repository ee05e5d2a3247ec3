/**
 * What a scan of a repository says: which Salesforce clients it uses, in which versions, and what its sources do with
 * refresh tokens. Paths and lines, never a value: what stands on a line is not repeated.
 */

/**
 * What becomes of a client when its refresh token is rotated. `breaks`: it loses access, at the second refresh or the
 * next start. `depends`: on how it is used. `survives`: one holder of a token goes on. `unaffected`: it refreshes
 * nothing. `unknown`: nobody has run or read it.
 */
export type Effect = 'breaks' | 'depends' | 'survives' | 'unaffected' | 'unknown'

const ecosystems = ['npm', 'python', 'ruby', 'maven', 'composer', 'go', 'nuget'] as const
export type Ecosystem = (typeof ecosystems)[number]

/** `ran`: driven against a server that rotates; `read`: its source was; `documented`: its makers or users say so. */
export type Basis = 'ran' | 'read' | 'documented' | 'none'

export interface LibraryFinding {
  /** From the scanned folder, with `/`. */
  readonly path: string
  /** Null: the file is one line, or the format names no place. */
  readonly line: number | null
  readonly ecosystem: Ecosystem
  readonly name: string
  /** What is locked; null where only a manifest's range is known. */
  readonly version: string | null
  readonly range: string | null
  readonly effect: Effect
  readonly basis: Basis
  readonly why: string
  readonly next: string
}

type HabitKind =
  /** A connection of jsforce gets a refresh token, and nothing that refreshes it safely. */
  | 'connection-without-refresh-fn'
  /** It stores what it gets, in one process at a time. */
  | 'connection-with-listener'
  | 'connection-with-refresh-fn'
  /** A client of another library is given a refresh token it will send again after it was replaced. */
  | 'client-with-refresh-token'
  /** The token stands in an environment variable: what a program gets in its place is gone when it ends. */
  | 'token-from-environment'
  /** The token endpoint is asked by hand and the new refresh token in the answer is not read. */
  | 'refresh-answer-unread'
  | 'refresh-by-hand'
  /** The error of two refreshes at once is met by sending the same token again. */
  | 'refresh-retried'
  /** An auth URL of the Salesforce CLI holds a refresh token and is used by more than one run. */
  | 'stored-auth-url'
  /** Username and password through the API: no refresh token, and the ways end in 2027. */
  | 'password-login'
  | 'keyturn'

export interface HabitFinding {
  readonly path: string
  readonly line: number
  readonly kind: HabitKind
  readonly effect: Effect
  /** `certain`: it is written there; `likely`: what is missing may stand elsewhere; `possible`: look at it. */
  readonly confidence: 'certain' | 'likely' | 'possible'
  readonly why: string
  readonly next: string
}

export type SkipReason = 'too-large' | 'binary' | 'unreadable' | 'link' | 'too-deep' | 'dependencies' | 'too-many'

export interface ScanReport {
  readonly path: string
  /** A git repository's work tree, and the commit it stands at, where that can be read. */
  readonly git: { readonly commit: string | null } | null
  /** The gravest of what was found; `unknown` where no Salesforce client was found, or something was left out. */
  readonly effect: Effect
  /** One sentence: why. */
  readonly why: string
  readonly libraries: readonly LibraryFinding[]
  readonly habits: readonly HabitFinding[]
  /** Looked at: manifests and sources; read: those that name Salesforce or a refresh token. */
  readonly files: { readonly seen: number; readonly read: number }
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>
  /** Lock files and manifests that could not be understood. */
  readonly problems: readonly { readonly path: string; readonly why: string }[]
  /** There was more than this report holds. */
  readonly cut: boolean
}
