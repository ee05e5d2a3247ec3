/**
 * Every error Keyturn can throw: one table.
 *
 * `kind` decides the exit code of the CLI and the HTTP status of the broker; `retry` tells a program what to do;
 * `fix` tells a person. A message holds names, codes and times, never a secret: the fields of an error are typed as
 * `Loggable`, from which `Secret` is excluded.
 */
export type ErrorKind = 'usage' | 'config' | 'denied' | 'remote' | 'unavailable' | 'conflict' | 'integrity' | 'defect'

/** Exit codes by kind (1 is kept for "ran well, the answer is no"). */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  config: 3,
  denied: 4,
  remote: 5,
  unavailable: 6,
  conflict: 7,
  integrity: 8,
  defect: 70,
}

/** HTTP statuses by kind. */
export const httpStatuses: Readonly<Record<ErrorKind, number>> = {
  usage: 400,
  config: 500,
  denied: 403,
  remote: 502,
  unavailable: 503,
  conflict: 409,
  integrity: 500,
  defect: 500,
}

interface ErrorRow {
  readonly kind: ErrorKind
  /** `never`: the same call fails again · `later`: after a pause · `now`: at once. */
  readonly retry: 'never' | 'later' | 'now'
  readonly fix: string
}

const row = (kind: ErrorKind, retry: ErrorRow['retry'], fix: string): ErrorRow => ({ kind, retry, fix })

export const errorTable = {
  // usage
  BAD_ARGUMENT: row('usage', 'never', 'Correct the named argument; `--help` shows examples.'),
  GRANT_NOT_FOUND: row(
    'usage',
    'never',
    'List the names with `keyturn grants`, or connect one with `keyturn connect`.',
  ),
  GRANT_EXISTS: row('usage', 'never', 'Choose another name, or remove the grant of that name first.'),
  TOKEN_HELD_ELSEWHERE: row('usage', 'never', 'One refresh token belongs to one grant: use the grant that holds it.'),
  LOGIN_URL_REFUSED: row(
    'usage',
    'never',
    'Use a Salesforce login host, your My Domain or loopback, or allow the host by name (`allowHosts`).',
  ),
  CALLER_NOT_FOUND: row('usage', 'never', 'List the callers with `keyturn caller list`.'),
  CALLER_EXISTS: row('usage', 'never', 'Choose another name or user name, or remove that caller first.'),
  CREDENTIAL_NOT_FOUND: row(
    'usage',
    'never',
    'List the credentials with `keyturn credentials`; they are named in keyturn.yaml.',
  ),
  ROTATION_NOT_FOUND: row('usage', 'never', 'Start one with `keyturn rotate NAME`, or see `keyturn credentials`.'),
  // config
  CONFIG_INVALID: row('config', 'never', 'Run `keyturn config check` and correct what it names.'),
  KEY_MISSING: row(
    'config',
    'never',
    'Name the master key (KEYTURN_MASTER_KEY, masterKey in keyturn.yaml); `keyturn init` makes one.',
  ),
  KEY_WRONG: row(
    'config',
    'never',
    'This store was sealed with another master key: name that one. Nothing was changed.',
  ),
  REFERENCE_UNRESOLVED: row(
    'config',
    'never',
    'Check what the reference names: a variable, a file, a command (env:, file:, command:), or a secret manager (vault:, aws:).',
  ),
  STORE_UNSUPPORTED: row('config', 'never', 'Use sqlite:PATH on a local disk or postgres://….'),
  STORE_MISSING: row('config', 'never', 'Run `keyturn init` here, or name the store with --store.'),
  STORE_TOO_NEW: row('config', 'never', 'A newer Keyturn wrote this store: upgrade this one.'),
  STORE_NOT_MIGRATED: row(
    'config',
    'never',
    'Run `keyturn store migrate` (the library never migrates a shared store unasked).',
  ),
  STORE_RETIRED: row('config', 'never', 'This store was moved: use the one it was moved to.'),
  DESTINATION_NOT_READY: row(
    'config',
    'never',
    'Make the place as its message says, then `keyturn destination check NAME`. Nothing was written.',
  ),
  MAILBOX_NOT_READY: row('config', 'never', 'Correct what its message names, then `keyturn mailbox check NAME`.'),
  LISTEN_FAILED: row('config', 'never', 'Choose another port or path, or end what uses it.'),
  DRIVER_MISSING: row('config', 'never', 'Install the named package beside Keyturn.'),
  // denied
  GRANT_DEAD: row(
    'denied',
    'never',
    'Salesforce refused the refresh token: authorise again with `keyturn connect NAME`.',
  ),
  GRANT_BLOCKED: row('denied', 'never', 'Remove the named cause at Salesforce, then `keyturn grants retry NAME`.'),
  NOT_AUTHENTICATED: row(
    'denied',
    'never',
    'Check id and secret, expiry and source range of this caller with `keyturn caller list`; the broker never says which one it was.',
  ),
  NOT_ALLOWED: row(
    'denied',
    'never',
    'This caller’s policy does not allow it: `keyturn caller list` shows the policy.',
  ),
  CREDENTIAL_OVERDUE: row(
    'denied',
    'later',
    'Its policy closes the grant to callers until it is turned: `keyturn schedule` shows it, `keyturn rotate` turns it.',
  ),
  RATE_LIMITED: row(
    'denied',
    'later',
    'This caller asks more often than its policy allows: wait as long as Retry-After says.',
  ),
  DESTINATION_REFUSED: row(
    'denied',
    'never',
    'Give Keyturn the rights that docs/destinations.md lists for this kind, then `keyturn destination check NAME`.',
  ),
  MAILBOX_REFUSED: row(
    'denied',
    'never',
    'Check user and password or access token of this mailbox; the same one is not tried again for 15 minutes.',
  ),
  FIELDS_MISSING: row('denied', 'never', 'Grant the named field permissions to this user, or do without the fields.'),
  ACCESS_UNCURABLE: row(
    'denied',
    'later',
    'Salesforce refuses even a fresh access token: check IP ranges, scopes, the user and the app; the breaker half-opens by itself.',
  ),
  PREFLIGHT_FAILED: row('denied', 'never', 'Remove what `keyturn rotate NAME --preflight` names; nothing was changed.'),
  ROLL_BACK_IMPOSSIBLE: row(
    'denied',
    'never',
    'It can only go forward from here: resume the run; `--abandon` ends one that nothing can mend.',
  ),
  // remote
  ORG_REFUSED: row('remote', 'never', 'Read the org’s own words; `keyturn explain CODE` says what they mean.'),
  ORG_UNAVAILABLE: row('remote', 'later', 'The org did not do it now; try later.'),
  ANSWER_UNREADABLE: row(
    'remote',
    'later',
    'Salesforce answered something that is not OAuth; try later and check the login URL.',
  ),
  IDENTITY_CHANGED: row(
    'remote',
    'never',
    'The token belongs to another org or user than the grant (a sandbox refresh changes the org id): connect it under a new name.',
  ),
  GRANT_REFUSED: row('remote', 'never', 'Salesforce refused the sign-in; the description names the cause.'),
  // unavailable
  GRANT_IN_DOUBT: row(
    'unavailable',
    'later',
    'An exchange had no answer and no spare way in works: wait, or authorise again with `keyturn connect NAME`.',
  ),
  REAUTHORISATION_PENDING: row(
    'unavailable',
    'later',
    'Salesforce refused the refresh token and a person was asked to sign in again: ask again later, with what you have.',
  ),
  ENDPOINT_UNREACHABLE: row(
    'unavailable',
    'later',
    'The token endpoint could not be reached: check network, proxy and certificates with `keyturn doctor`.',
  ),
  EXCHANGE_TIMEOUT: row(
    'unavailable',
    'later',
    'Salesforce is slow; the exchange goes on and its answer will be kept. Ask again.',
  ),
  DESTINATION_UNREACHABLE: row(
    'unavailable',
    'later',
    'The place a value is written to or read from does not answer: check its address, the proxy and its certificate.',
  ),
  MAILBOX_UNREACHABLE: row(
    'unavailable',
    'later',
    'The mail server does not answer: check its address, port and certificate with `keyturn mailbox check NAME`.',
  ),
  STORE_UNAVAILABLE: row(
    'unavailable',
    'later',
    'The store did not answer: check disk or database with `keyturn doctor`.',
  ),
  STORE_FULL: row('unavailable', 'later', 'Free disk space: no token is spent while its answer could not be kept.'),
  STORE_READ_ONLY: row('unavailable', 'later', 'Make the store and its journal writable for this user.'),
  OUT_OF_MEMORY: row(
    'unavailable',
    'never',
    'Give it more with `--memory MB`, or ask for less with `--only CONTROL`. Nothing was changed.',
  ),
  // conflict
  ENROLMENT_RUNNING: row(
    'conflict',
    'later',
    'Somebody is authorising this grant now: wait until that is finished or expired.',
  ),
  DESTINATION_CHANGED: row(
    'conflict',
    'now',
    'Somebody else changed it in the meantime and was not overwritten: look what they wrote, then try again.',
  ),
  ROTATION_RUNNING: row('conflict', 'never', 'See it with `keyturn credentials show NAME`; resume or cancel it.'),
  ROTATION_BUSY: row('conflict', 'later', 'Wait: it goes on there, or its lease runs out within 30 seconds.'),
  CLIENT_CHANGE_RUNNING: row('conflict', 'never', 'Settle or take back the earlier change first.'),
  CLAIM_LOST: row('conflict', 'now', 'Another process moved on; read again.'),
  // integrity
  STORE_TAMPERED: row(
    'integrity',
    'never',
    'A row does not belong where it stands or was altered. Restore a backup and look for who changed it.',
  ),
  STORE_WENT_BACK: row(
    'integrity',
    'never',
    'The store is an older copy: its refresh tokens are in doubt. `keyturn doctor` says which hosts must roll forward.',
  ),
  LEDGER_BROKEN: row(
    'integrity',
    'never',
    'An entry does not follow its predecessor: keep the store as evidence and compare with an exported ledger.',
  ),
  JOURNAL_DAMAGED: row(
    'integrity',
    'never',
    'A journal record cannot be read with this key: keep the file and check the master key.',
  ),
  // defect
  DEFECT: row('defect', 'never', 'A bug in Keyturn: please report it with the code and the time.'),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

/** What an error may carry: plain data that is safe to log. */
export type Loggable =
  string | number | boolean | null | undefined | readonly Loggable[] | { readonly [key: string]: Loggable }

export class KeyturnError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly kind: ErrorKind
  readonly retry: ErrorRow['retry']
  readonly fix: string
  readonly data: { readonly [key: string]: Loggable }

  constructor(
    code: C,
    message: string,
    options: { data?: { readonly [key: string]: Loggable }; cause?: unknown; fix?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'KeyturnError'
    this.code = code
    const { kind, retry, fix } = errorTable[code]
    this.kind = kind
    this.retry = retry
    this.fix = options.fix ?? fix
    this.data = options.data ?? {}
  }

  /** The stable shape that `--json` and the broker print. */
  toJSON(): {
    code: ErrorCode
    kind: ErrorKind
    message: string
    fix: string
    retry: string
    data: { readonly [key: string]: Loggable }
  } {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      fix: this.fix,
      retry: this.retry,
      data: this.data,
    }
  }
}
