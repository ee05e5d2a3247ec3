/** What Login History says where an app, an assertion or an identity provider is the matter: see `login-statuses.ts`. */
import type { Explanation } from './explanation.ts'
import { login, loginRow, retired } from './login-statuses.ts'
import type { LoginLine } from './login-statuses.ts'

const apps: readonly LoginLine[] = [
  [
    'LOGIN_OAUTH_API_DISABLED',
    'api access disabled',
    'The user lacks “API Enabled”, or the org has no API.',
    'Give the user “API Enabled”.',
    'The user’s profile and permission sets.',
  ],
  [
    'LOGIN_OAUTH_CONSUMER_DELETED',
    'consumer deleted',
    'The app was deleted, or its consumer key replaced.',
    'Connect with the app’s present consumer key.',
  ],
  [
    'LOGIN_OAUTH_INVALID_IP',
    'ip address not allowed',
    'The address is not allowed for this app: IP relaxation is enforced, or the refresh token allowlist lacks it.',
    'Add the address: `keyturn provision allow-address`.',
    'Column Source IP; the app’s policies.',
  ],
  [
    'LOGIN_OAUTH_INVALID_TOKEN',
    'invalid token',
    'A refresh token that was replaced, revoked or expired was sent. Of an app with rotation: two holders, or a lost answer.',
    '`keyturn explain --app APP --grant GRANT`; authorise again and find the second holder.',
    'The ledger (`keyturn ledger show`) and the rows around it: another address is another holder.',
  ],
  [
    'LOGIN_OAUTH_REQUEST_IN_PROGRESS',
    'token request is already being processed',
    'Two programs sent the same refresh token at once.',
    'Find the second holder; nothing was spent.',
    'Column Source IP of both rows.',
  ],
  [
    'LOGIN_OAUTH_INVALID_SECRET',
    'invalid consumer secret',
    'The consumer secret is wrong or was rotated.',
    'Give the client the present secret.',
  ],
  [
    'LOGIN_OAUTH_APP_BLOCKED',
    'app blocked',
    'An administrator blocked the app, or API Access Control does not allow it.',
    '`keyturn explain --app APP --grant GRANT` says which.',
    'Setup › Connected Apps OAuth Usage.',
  ],
  [
    'LOGIN_OAUTH_APP_ACCESS_DENIED',
    'not approved for access',
    'Only users whom an administrator approved may use the app, and this one is none; or the app is not installed.',
    'Give the user the app’s permission set or profile: `keyturn explain --app APP --grant GRANT`.',
    'Setup › the app › Manage.',
  ],
  [
    'LOGIN_ERROR_NO_ANY_API_AUTH',
    'use any api auth permission required',
    'SOAP login() needs the permission “Use Any API Auth”, and the user lacks it.',
    retired,
  ],
  [
    'LOGIN_ERROR_PASSWORD_FLOW_DISABLED',
    'username-password flow disabled',
    'The OAuth username-password flow is blocked in this org.',
    retired,
    'Setup › OAuth and OpenID Connect Settings.',
  ],
  [
    'LOGIN_OAUTH_EXCEED_GET_AT_LMT',
    'get access token limit exceeded',
    'More access tokens were asked for than allowed.',
    'Keep tokens until they are refused.',
  ],
  [
    'LOGIN_OAUTH_INVALID_CODE_CHALLENGE',
    'invalid code challenge',
    'The PKCE challenge is missing or malformed.',
    'Send code_challenge and code_challenge_method=S256.',
  ],
  [
    'LOGIN_OAUTH_INVALID_CODE_VERIFIER',
    'invalid code verifier',
    'The PKCE verifier does not belong to the code.',
    'One login at a time; keep the verifier with its state.',
  ],
  ['LOGIN_OAUTH_INVALID_DEVICE', 'invalid device', 'The device code is unknown or expired.', 'Start the login again.'],
  [
    'LOGIN_OAUTH_INVALID_DSIG',
    'signature invalid',
    'The signature of an assertion does not fit the app’s certificate.',
    'Upload the certificate of the key the client signs with.',
    'Setup › the app › digital signature.',
  ],
  ['LOGIN_OAUTH_INVALID_TIMESTAMP', 'invalid timestamp', 'The client’s clock is wrong.', 'Set the clock.'],
  ['LOGIN_OAUTH_INVALID_NONCE', 'invalid nonce', 'A nonce is malformed (OAuth 1).', 'Move the client to OAuth 2.0.'],
  ['LOGIN_OAUTH_NONCE_REPLAY', 'nonce replay', 'A request was sent twice (OAuth 1).', 'Move the client to OAuth 2.0.'],
  [
    'LOGIN_OAUTH_INVALID_SIG_METHOD',
    'invalid signature method',
    'The signature method is not supported (OAuth 1).',
    'Move the client to OAuth 2.0.',
  ],
  [
    'LOGIN_OAUTH_INVALID_VERIFIER',
    'invalid verifier',
    'The verifier is wrong (OAuth 1).',
    'Move the client to OAuth 2.0.',
  ],
  [
    'LOGIN_OAUTH_INVALID_VERSION',
    'invalid version',
    'The OAuth version is not supported.',
    'Move the client to OAuth 2.0.',
  ],
  [
    'LOGIN_OAUTH_INVALID_DS',
    'invalid activation secret',
    'The activation secret is wrong; what it is Salesforce does not document.',
    'Authorise again; then ask Salesforce Support.',
  ],
  [
    'LOGIN_OAUTH_MISSING_DS',
    'missing activation secret',
    'The activation secret is missing; what it is Salesforce does not document.',
    'Authorise again; then ask Salesforce Support.',
  ],
  [
    'LOGIN_OAUTH_NO_CALLBACK_URL',
    'invalid callback url',
    'The callback URL is not the app’s.',
    'Register the URL the client sends.',
  ],
  ['LOGIN_OAUTH_NO_CONSUMER', 'missing consumer key', 'The client sent no consumer key.', 'Correct the client.'],
  ['LOGIN_OAUTH_NO_TOKEN', 'missing oauth token', 'The client sent no token.', 'Correct the client.'],
  [
    'LOGIN_OAUTH_PACKAGE_MISSING',
    'package for this consumer is not installed',
    'The app comes with a package that is not installed here.',
    'Install the package.',
    'Setup › Installed Packages.',
  ],
  [
    'LOGIN_OAUTH_PACKAGE_OLD',
    'package for this consumer is out of date',
    'The package of the app is too old.',
    'Upgrade the package.',
    'Setup › Installed Packages.',
  ],
  [
    'LOGIN_OAUTH_UNEXPECTED_PARAM',
    'unexpected parameter',
    'A parameter that does not belong there was sent.',
    'Correct the client.',
  ],
]

const saml: readonly LoginLine[] = [
  [
    'LOGIN_SAML_INVALID_AUDIENCE',
    'audience invalid',
    'The assertion is meant for another audience.',
    'Use the entity id of the SSO setting.',
  ],
  [
    'LOGIN_SAML_INVALID_ISSUER',
    'issuer mismatched',
    'The assertion comes from another issuer than the setting names.',
    'Correct the issuer.',
  ],
  [
    'LOGIN_SAML_INVALID_RECIPIENT',
    'recipient mismatched',
    'The assertion is meant for another address.',
    'Correct the recipient (ACS URL).',
  ],
  [
    'LOGIN_SAML_INVALID_SIGNATURE',
    'signature invalid/configured certificate mismatch',
    'The signature does not fit the identity provider’s certificate in the setting; it was probably rolled.',
    'Upload the new certificate.',
  ],
  [
    'LOGIN_SAML_MISMATCH_CERT',
    'certificate mismatch',
    'The identity provider signs with another certificate than the setting has.',
    'Upload the new certificate.',
  ],
  [
    'LOGIN_SAML_INVALID_TIMESTAMP',
    'timestamp invalid',
    'A clock is wrong, or the assertion took too long.',
    'Set the clocks.',
  ],
  [
    'LOGIN_SAML_INVALID_USERNAME',
    'username invalid',
    'The assertion names nobody in this org.',
    'Correct the federation id or username.',
  ],
  [
    'LOGIN_SAML_REPLAY_ATTEMPTED',
    'replay detected',
    'The same assertion came twice.',
    'Log in anew; look at who sent it.',
  ],
  [
    'LOGIN_SAML_PROVISION_ERROR',
    'user provisioning error',
    'The user could not be made from the assertion.',
    'Look at the just-in-time handler and its fields.',
  ],
]

/** Of the identity provider event log: codes without a text. */
const providerEvents: readonly LoginLine[] = [
  ['AppAccessDenied', '', 'The user may not use the app.', 'Give the app’s permission set or profile.'],
  ['AppBlocked', '', 'An administrator blocked the app.', 'Unblock it, if it is wanted.'],
  ['ClientUnapproved', '', 'The user has not approved the app.', 'Approve it, or pre-authorise the user.'],
  ['CodeExpired', '', 'The authorization code was used, or is older than 15 minutes.', 'Log in again.'],
  ['InvalidClientCredentials', '', 'The consumer secret is wrong.', 'Give the client the present secret.'],
  [
    'InvalidCode',
    '',
    'The authorization code is unknown.',
    'Log in again; send the code as it came, URL-decoded once.',
  ],
  [
    'InvalidScope',
    '',
    'The client asks for a scope that the app does not have.',
    'Add it to the app, or ask for less.',
  ],
  [
    'OauthError',
    '',
    'An OAuth login failed; the event does not say why.',
    'Explain the row in Login History beside it.',
  ],
  ['InvalidUserCredentials', '', 'Username or password is wrong.', 'Correct them.'],
  ['InvalidDeviceId', '', 'The device code is unknown.', 'Start the login again.'],
]

const samlEvidence = 'Setup › Single Sign-On Settings › SAML Assertion Validator.'

export const appLoginStatuses: readonly Explanation[] = [
  ...apps.map(([code, text, cause, next, evidence = loginRow]) => login(code, text, 'observed', cause, evidence, next)),
  ...saml.map(([code, text, cause, next]) => login(code, text, 'believed', cause, samlEvidence, next)),
  ...providerEvents.map(([code, , cause, next]) =>
    login(code, null, 'documented', cause, 'Setup › Identity Provider Event Log.', next),
  ),
]
