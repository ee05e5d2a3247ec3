/**
 * Every error Salesforce is known to answer with on the ways Keyturn goes: the token endpoint, the login page, the other
 * OAuth endpoints, REST, SOAP and Bulk, Login History, and on the way there.
 */
import { restErrors, soapErrors } from './api-errors.ts'
import { appLoginStatuses } from './app-login-statuses.ts'
import { bulkErrors } from './bulk-errors.ts'
import { dataErrors } from './data-errors.ts'
import { rowsOf } from './explanation.ts'
import type { Explanation } from './explanation.ts'
import { loginStatuses } from './login-statuses.ts'
import { networkErrors } from './network-errors.ts'
import { tokenErrors } from './token-errors.ts'

const authorize = rowsOf('authorize', null)

const authorizeErrors: readonly Explanation[] = [
  authorize(
    'access_denied',
    null,
    'documented',
    'The person pressed Deny, or may not approve this app.',
    'Ask them; Setup › the app › Permitted Users.',
    'Log in again and press Allow, or pre-authorise the user.',
  ),
  authorize(
    'access-denied',
    null,
    'documented',
    'As access_denied: the web server flow spells it with a hyphen.',
    'Ask them; Setup › the app › Permitted Users.',
    'Log in again and press Allow, or pre-authorise the user.',
  ),
  authorize(
    'OAUTH_APPROVAL_ERROR_GENERIC',
    null,
    'observed',
    'The app may not be approved here; most often it is not installed in the org.',
    'Setup › Connected Apps OAuth Usage.',
    'An administrator installs the app or gives the user “Approve Uninstalled Connected Apps”.',
  ),
  authorize(
    'OAUTH_EC_APP_NOT_FOUND',
    null,
    'observed',
    'The external client app does not exist or is not installed in this org.',
    'Setup › External Client App Manager.',
    'Install the app in this org, or log in to the org it lives in (--login-url).',
  ),
  authorize(
    'OAUTH_EXTERNAL_USER_ACCESS',
    null,
    'believed',
    'An Experience Cloud user tries to enter through an internal login host.',
    'The user’s licence.',
    'Use the site’s own address as --login-url.',
  ),
]

const revoke = rowsOf('revoke', 400)
const revokeErrors: readonly Explanation[] = [
  revoke(
    'unsupported_token_type',
    null,
    'documented',
    'What was sent to /revoke is no token of a kind it ends (a browser or SOAP session, for instance).',
    'What the grant holds.',
    'End it in Setup › Session Management.',
  ),
  revoke(
    'invalid_token',
    null,
    'documented',
    'The token is unknown or ended already.',
    'Setup › Connected Apps OAuth Usage.',
    'Nothing to do: `keyturn grants remove NAME` forgets it here.',
  ),
]

const userinfo = rowsOf('userinfo', 403)
const userinfoErrors: readonly Explanation[] = [
  userinfo(
    'Bad_OAuth_Token',
    null,
    'documented',
    'The access token is dead. These endpoints answer 403 and plain text, not 401.',
    'The generation of the token.',
    'Report it: `keyturn token NAME --rejected GENERATION`.',
  ),
  userinfo(
    'Missing_OAuth_Token',
    null,
    'believed',
    'No Authorization header arrived; a proxy may have taken it off.',
    'The proxy’s settings.',
    'Let the header through.',
  ),
  userinfo(
    'Wrong_Org',
    null,
    'believed',
    'The token belongs to another org than the address.',
    '`keyturn grants show NAME`: org id and instance URL.',
    'Use the instance URL that came with the token.',
  ),
  userinfo('Inactive_User', null, 'believed', 'The user was deactivated.', 'Setup › Users.', 'Activate the user.'),
]

export const salesforceErrors: readonly Explanation[] = [
  ...tokenErrors,
  ...authorizeErrors,
  ...revokeErrors,
  ...userinfoErrors,
  ...restErrors,
  ...soapErrors,
  ...bulkErrors,
  ...dataErrors,
  ...loginStatuses,
  ...appLoginStatuses,
  ...networkErrors,
]
