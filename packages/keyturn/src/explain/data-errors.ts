/**
 * What the data and metadata side answers: queries, records, composite requests, deployments. REST tells them as
 * `errorCode`, SOAP and the results of single records as `statusCode`.
 */
import { rowsOf } from './explanation.ts'
import type { Explanation } from './explanation.ts'

/** Code, HTTP status, cause, next step. Where a person sees it is the request itself, unless said otherwise. */
type Line = readonly [code: string, status: number, cause: string, next: string, evidence?: string]

const documented: readonly Line[] = [
  [
    'MALFORMED_QUERY',
    400,
    'The query is no SOQL that Salesforce understands.',
    'Correct the query; the message shows the place.',
  ],
  ['MALFORMED_ID', 400, 'An id has the wrong length or signs.', 'Send the id of 15 or 18 signs as Salesforce gave it.'],
  [
    'INVALID_FIELD',
    400,
    'A field does not exist, or this user may not see it: field-level security answers as if it were not there.',
    'Correct the name, or give the user the field: `keyturn fields NAME OBJECT`.',
    '`keyturn fields NAME OBJECT` lists what this user may read and write.',
  ],
  [
    'INVALID_TYPE',
    400,
    'An object does not exist, or this user may not see it: a missing object permission answers the same.',
    'Correct the name, or give the user the object: `keyturn fields NAME OBJECT`.',
    '`keyturn fields NAME OBJECT`; Setup › Profiles and permission sets › Object Settings.',
  ],
]

const observed: readonly Line[] = [
  [
    'EXCEEDED_ID_LIMIT',
    400,
    'More records or groups than one request may have (200 records; 2,000 groups of an aggregate).',
    'Send smaller parts.',
  ],
  [
    'INVALID_QUERY_LOCATOR',
    400,
    'The rest of a query is asked for after it expired (two days), by another user, or after ten newer queries.',
    'Run the query again.',
  ],
  [
    'INVALID_QUERY_FILTER_OPERATOR',
    400,
    'A field can’t be filtered this way, or not at all (LoginHistory.Status is one).',
    'Filter on another field and look at this one in the program.',
  ],
  [
    'NUMBER_OUTSIDE_VALID_RANGE',
    400,
    'A number is larger or smaller than allowed (OFFSET ends at 2,000).',
    'Send a number within the range the message names.',
  ],
  ['MALFORMED_SEARCH', 400, 'The search is no SOSL that Salesforce understands.', 'Correct the search.'],
  ['JSON_PARSER_ERROR', 400, 'The body is no JSON, or has another form than this resource takes.', 'Correct the body.'],
  ['MISSING_ARGUMENT', 400, 'Something that is required was not sent.', 'Send what the message names.'],
  [
    'INVALID_PARAMETER',
    400,
    'A parameter has a value this resource does not know.',
    'Send one that the message or the documentation names.',
  ],
  ['INVALID_INPUT', 400, 'The request is understood and makes no sense here.', 'Read the message; it names the part.'],
  [
    'INVALID_MULTIPART_REQUEST',
    400,
    'The parts of the body are not those a deployment takes.',
    'Send the part `json` and the part `file`.',
  ],
  [
    'METHOD_NOT_ALLOWED',
    405,
    'The resource exists and does not take this method.',
    'Use a method of the header Allow.',
  ],
  [
    'INVALID_CROSS_REFERENCE_KEY',
    400,
    'An id names a record of another kind, of another org, or one this user may not see.',
    'Look the id up as this user.',
  ],
  ['INVALID_ID_FIELD', 400, 'An id names no record of this kind.', 'Look the id up as this user.'],
  ['ENTITY_IS_DELETED', 404, 'The record was deleted.', 'Restore it from the recycle bin, or forget its id.'],
  ['REQUIRED_FIELD_MISSING', 400, 'A required field was not sent.', 'Send the fields the message names.'],
  [
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    400,
    'A field that can’t be written was sent (Id, system and formula fields), or this user may not write it.',
    'Leave the field out, or give the user edit access: `keyturn fields NAME OBJECT`.',
  ],
  [
    'FIELD_INTEGRITY_EXCEPTION',
    400,
    'Values do not fit together, or a relation points nowhere.',
    'Correct the fields the message names.',
  ],
  [
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    400,
    'A validation rule of this org refused the record.',
    'Send what the rule asks for.',
    'Setup › Object Manager › the object › Validation Rules.',
  ],
  [
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    400,
    'The value is none of the list.',
    'Send a value of the list, or add it.',
  ],
  ['INVALID_EMAIL_ADDRESS', 400, 'The value is no mail address.', 'Correct it.'],
  ['STRING_TOO_LONG', 400, 'The text is longer than the field.', 'Shorten it, or lengthen the field.'],
  [
    'DUPLICATE_VALUE',
    400,
    'A record with this unique value exists already.',
    'Update that record (upsert by external id).',
  ],
  ['DUPLICATE_USERNAME', 400, 'The username is taken, in this or any other org.', 'Choose another username.'],
  [
    'DUPLICATE_DEVELOPER_NAME',
    400,
    'A component of this name exists already.',
    'Choose another name, or change that one.',
  ],
  ['MULTIPLE_CHOICES', 300, 'An external id fits several records.', 'Name one by its id, or make the field unique.'],
  [
    'INSUFFICIENT_ACCESS_OR_READONLY',
    403,
    'The user may see the record and not change it, or may not do this to it.',
    'Give the right: object permission, field-level security, or sharing.',
    '`keyturn fields NAME OBJECT`; the record’s sharing.',
  ],
  [
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    400,
    'The user may not use a record that this one points to.',
    'Give access to that record or object.',
    'Sharing and object permissions of the other object.',
  ],
  [
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    400,
    'This kind of record can’t be made here, or an Apex trigger failed.',
    'Read the message; of a trigger it names the line.',
  ],
  ['DELETE_FAILED', 400, 'Something still needs the record.', 'Remove what uses it first; the message names it.'],
  [
    'LICENSE_LIMIT_EXCEEDED',
    400,
    'No licence of this kind is left.',
    'Free one, or buy more.',
    'Setup › Company Information › licences.',
  ],
  ['LIMIT_EXCEEDED', 400, 'More than this request or org may have.', 'Send less; the message names the limit.'],
  [
    'STORAGE_LIMIT_EXCEEDED',
    403,
    'The org has no storage left.',
    'Delete records, or buy storage.',
    'Setup › Storage Usage.',
  ],
  [
    'UNABLE_TO_LOCK_ROW',
    400,
    'Another transaction held the record for too long.',
    'Repeat; send records of one parent in one request.',
  ],
  ['QUERY_TIMEOUT', 400, 'The query took longer than two minutes.', 'Filter on an indexed field, or ask for less.'],
  ['INVALID_OPERATION', 400, 'The operation does not fit what it was asked of.', 'Read the message.'],
  [
    'INVALID_NEW_PASSWORD',
    400,
    'The new password breaks the org’s policy, or was used before.',
    'Choose another: length, complexity and history are in Setup › Password Policies.',
    'Setup › Password Policies; the profile’s own policy.',
  ],
  [
    'INVALID_OLD_PASSWORD',
    500,
    'The present password that was sent is wrong.',
    'Send the present one; too many tries lock the user.',
  ],
  [
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    400,
    'Another record of the same request failed, and all or none was asked for.',
    'Look at the record with another error.',
  ],
  [
    'PROCESSING_HALTED',
    400,
    'An earlier part of the composite request failed.',
    'Look at the first part with another error.',
  ],
  [
    'BATCH_PROCESSING_HALTED',
    412,
    'An earlier request of the batch failed, and haltOnError was asked for.',
    'Look at the first part with another error.',
  ],
  [
    'UNKNOWN_EXCEPTION',
    500,
    'Salesforce does not know itself; the number in the message is for its support.',
    'Repeat once; then give Salesforce Support the number and the time.',
  ],
]

export const dataErrors: readonly Explanation[] = [...lines(documented, 'documented'), ...lines(observed, 'observed')]

function lines(rows: readonly Line[], certainty: Explanation['certainty']): readonly Explanation[] {
  return rows.map(([code, status, cause, next, evidence = 'The request, and the message of the answer.']) =>
    rowsOf('rest', status)(code, null, certainty, cause, evidence, next),
  )
}
