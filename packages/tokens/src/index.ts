/**
 * @keyturn/tokens: Salesforce access tokens that no race, crash or lost answer costs an integration.
 */
export { openKeyturn, defaultLimits, eventChannel } from './keyturn.ts'
export type {
  AddFallback,
  AddGrant,
  AuthorizationCode,
  ClientChange,
  Enrolment,
  FetchInit,
  FieldRight,
  FieldRights,
  FormerEnded,
  GrantView,
  Keyturn,
  KeyturnEvent,
  Limits,
  MissingField,
  ObjectFields,
  OpenOptions,
  Proof,
  RequiredFields,
  SecretInput,
  Token,
} from './contract.ts'
export {
  KeyturnError,
  errorTable,
  exitCodes,
  httpStatuses,
  type ErrorCode,
  type ErrorKind,
  type Loggable,
} from './errors.ts'
export { Secret } from './secret.ts'
export { systemClock, type Clock } from './clock.ts'
export { defaultPolicy, type Policy } from './protocol/event.ts'
export type { Store } from './store/store.ts'
export type { Json, PutRecord, RecordEntry, Records, StoreRecord } from './store/record.ts'
