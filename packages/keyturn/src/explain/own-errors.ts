/**
 * What happened, for each code of Keyturn's own: for whoever meets the code alone, in a log or on a dashboard. Where the error
 * is told itself its message says more, because it knows the names.
 */
import type { ErrorCode } from '@keyturn/tokens'

export const ownCauses: Readonly<Record<ErrorCode, string>> = {
  BAD_ARGUMENT: 'A word, flag, value or file of the command or call is not what it has to be. Nothing was done.',
  GRANT_NOT_FOUND: 'No grant of this store has that name: it is misspelt, was removed, or is in another store.',
  GRANT_EXISTS: 'A grant of that name is there already.',
  TOKEN_HELD_ELSEWHERE: 'Another grant of this store holds this very refresh token; two would take it from each other.',
  LOGIN_URL_REFUSED: 'The login URL is no host of Salesforce, so credentials are not sent there.',
  CALLER_NOT_FOUND: 'No caller of the broker has that name.',
  CALLER_EXISTS: 'A caller of that name, client id or user name is there already.',
  CREDENTIAL_NOT_FOUND: 'keyturn.yaml names no credential so, or another keyturn.yaml was found.',
  ROTATION_NOT_FOUND: 'No run of a rotation is there for this credential.',
  CONFIG_INVALID:
    'keyturn.yaml, or a file or variable it needs, is missing, unreadable or says something that can’t be.',
  KEY_MISSING: 'The master key is not where it should be, or its file can be read by others.',
  KEY_WRONG: 'The store was sealed with another master key than the one that was given.',
  REFERENCE_UNRESOLVED: 'A reference (env:, file:, command:, vault:, aws:) leads to nothing.',
  STORE_UNSUPPORTED:
    'The store’s URL is of a kind Keyturn doesn’t know, or its disk can’t keep the promises a store needs.',
  STORE_MISSING: 'There is no store in that place, or an empty file.',
  STORE_TOO_NEW: 'The store has the schema of a newer Keyturn.',
  STORE_NOT_MIGRATED: 'The database has no tables of Keyturn, or those of an older one.',
  STORE_RETIRED: 'The store was moved with `keyturn store move`; what is left here must not spend tokens any more.',
  DESTINATION_NOT_READY:
    'The place a value is to be written to is missing or unfit: folder, file, field, secret, mode.',
  MAILBOX_NOT_READY: 'The mailbox was reached, and it can’t be used as it is set up: folder, rights, settings.',
  LISTEN_FAILED: 'A port, address or socket is in use, or may not be used by this user.',
  DRIVER_MISSING: 'An optional package (a database driver, the simulator) is not installed beside Keyturn.',
  GRANT_DEAD: 'Salesforce refused the refresh token for good, and no spare way in works.',
  GRANT_BLOCKED:
    'Salesforce refuses for a reason that can be removed: a user, an address, an app, a secret. The token is kept.',
  NOT_AUTHENTICATED: 'The broker does not know who called: unknown, expired, wrong secret, or from elsewhere.',
  NOT_ALLOWED: 'The broker knows the caller, and its policy does not have this grant, face, method or path.',
  CREDENTIAL_OVERDUE: 'A credential with `onOverdue: block-caller` was not turned in time.',
  RATE_LIMITED: 'The caller used up the calls a minute that its policy gives it.',
  DESTINATION_REFUSED: 'The place a value is to be written to was reached, and does not let Keyturn write or read.',
  MAILBOX_REFUSED: 'The mail server took neither the password nor the token of this mailbox.',
  FIELDS_MISSING: 'A field that a program requires is not visible or not writable to this user, or does not exist.',
  ACCESS_UNCURABLE:
    'Fresh access tokens are refused, too, so it is not the token; exchanges stopped before they did harm.',
  PREFLIGHT_FAILED: 'A rotation would not come through as things are, so it was not begun.',
  ROLL_BACK_IMPOSSIBLE: 'The run is past the step that can’t be taken back on this platform.',
  ORG_REFUSED: 'Salesforce answered the call and refused it.',
  ORG_UNAVAILABLE: 'Salesforce was reached and could not answer now, or a limit of its is used up.',
  ANSWER_UNREADABLE: 'Something answered in the place of Salesforce: a proxy, a maintenance page, a wrong address.',
  IDENTITY_CHANGED: 'The answer is of another org or another user than the grant has.',
  GRANT_REFUSED: 'Salesforce refused a sign-in, or nobody signed in in time.',
  GRANT_IN_DOUBT:
    'A refresh token was sent, and nobody knows whether Salesforce took it. Sending it again could end everything.',
  REAUTHORISATION_PENDING: 'The grant is dead, and a person was sent a link to sign in.',
  ENDPOINT_UNREACHABLE: 'No connection to Salesforce came about. Nothing was sent, so nothing is lost.',
  EXCHANGE_TIMEOUT: 'The exchange took longer than the caller wanted to wait; it goes on.',
  DESTINATION_UNREACHABLE: 'No connection to the place a value is written to or read from came about.',
  MAILBOX_UNREACHABLE: 'No connection to the mail server came about.',
  STORE_UNAVAILABLE: 'The database or its disk does not answer.',
  STORE_FULL: 'The disk of the store or of its journal is full.',
  STORE_READ_ONLY: 'The store or its journal can’t be written: rights, a read-only file system, a standby.',
  OUT_OF_MEMORY: 'The work needs more memory than it may have.',
  ENROLMENT_RUNNING: 'Somebody else is authorising the same grant.',
  DESTINATION_CHANGED: 'What lies in the destination is not what Keyturn wrote there last.',
  ROTATION_RUNNING: 'A run for this credential is there and has not ended.',
  ROTATION_BUSY: 'Another process, perhaps on another host, is working on this run right now.',
  CLIENT_CHANGE_RUNNING: 'An earlier change of this grant’s client id or secret is not settled.',
  CLAIM_LOST: 'Another process changed the same thing at the same moment, or took over what this one had claimed.',
  STORE_TAMPERED: 'A row’s seal or mark is not the one Keyturn made: it was altered, moved or damaged.',
  STORE_WENT_BACK: 'The store knows less than a host that used it: it was put back from an older copy.',
  LEDGER_BROKEN: 'An entry was altered or is missing, or the end was cut off after a checkpoint.',
  JOURNAL_DAMAGED: 'A record of this host’s journal is damaged, or was sealed with another key.',
  DEFECT: 'Something happened that must not happen.',
}
