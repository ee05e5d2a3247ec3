/**
 * What Bulk API answers in a spelling of its own (`exceptionCode`, `<exceptionCode>`), 1.0 and 2.0 alike. Source: Bulk
 * API 2.0 and Bulk API Developer Guide, Errors. Codes that are words of prose (`Timeout`, `Unknown`) are left out.
 */
import { rowsOf } from './explanation.ts'
import type { Explanation } from './explanation.ts'

const bulk = rowsOf('bulk', 400)
const job = 'The id in the address, and who created the job.'

export const bulkErrors: readonly Explanation[] = [
  bulk(
    'InvalidSessionId',
    null,
    'documented',
    'The access token expired or was ended. Bulk API 1.0 wants it in X-SFDC-Session and answers 400, not 401.',
    'The age of the token and the org’s session time-out.',
    'Report it: `keyturn token NAME --rejected GENERATION`.',
  ),
  bulk(
    'InvalidVersion',
    null,
    'documented',
    'The version in the address was retired, or there is none of that number.',
    'The address that was asked; `/services/data/` lists the versions of the org.',
    'Upgrade the client.',
  ),
  bulk(
    'ExceededQuota',
    null,
    'documented',
    'More jobs or batches than the org may have within 24 hours.',
    'Setup › Bulk Data Load Jobs; `limits` of the REST API (DailyBulkApiBatches).',
    'Wait, and put more records into each batch. No token helps.',
  ),
  bulk(
    'FeatureNotEnabled',
    null,
    'documented',
    'The org has no Bulk API.',
    'The edition of the org.',
    'Use REST, or ask Salesforce for it.',
  ),
  bulk(
    'InvalidUser',
    null,
    'documented',
    'The user may not use Bulk API here, or the job is somebody else’s.',
    job,
    'Give the user the permission, or ask as who created the job.',
  ),
  bulk(
    'InvalidJob',
    null,
    'documented',
    'There is no such job, or not for this request.',
    job,
    'Correct the id; a job is gone after seven days.',
  ),
  bulk(
    'InvalidJobState',
    null,
    'documented',
    'The job is in a state that does not allow this: closed, aborted or failed.',
    'The state of the job.',
    'Make a new job.',
  ),
  bulk(
    'InvalidBatch',
    null,
    'documented',
    'There is no such batch, or what was sent for it can’t be read.',
    'The message of the answer.',
    'Correct what was sent: header line, encoding (UTF-8), size.',
  ),
  bulk(
    'TooManyLockFailure',
    null,
    'documented',
    'Too many records of a batch waited for locks that others held.',
    'Which records share a parent.',
    'Sort by parent, or process the job serially (concurrencyMode Serial in 1.0).',
  ),
  bulk(
    'ClientInputError',
    null,
    'documented',
    'The request can’t be understood.',
    'The message of the answer.',
    'Correct the request.',
  ),
]
