/**
 * What the platform records of logins and of changes to the setup: LoginHistory, AuthSession, VerificationHistory,
 * TwoFactorMethodsInfo and SetupAuditTrail, with the restrictions their reference pages name.
 */
import {
  checkbox,
  dateTime,
  integer,
  picklist,
  readOnly,
  recordId,
  reference,
  text,
  type FieldOptions,
} from '../field.ts'
import { setupObject } from '../sobject.ts'

/** Group and sort only: the reference leaves Filter out for these, and tools filter them on their own side. */
const unfilterable: FieldOptions = { filterable: false }

/** An address can be compared but not matched by pattern. */
const ipAddress: FieldOptions = { likeable: false }

export const loginTypes = [
  'Application',
  'Other Apex API',
  'Partner Product',
  'Remote Access 2.0',
  'Remote Access Client',
  'AppExchange',
  'Certificate-based login',
  'SAML Idp Initiated SSO',
  'SAML Sfdc Initiated SSO',
]

export const loginSubTypes = [
  'OauthClientCredentials',
  'OauthHybridRefreshToken',
  'OauthHybridTokenExchange',
  'OauthHybridUserAgent',
  'OauthHybridWebServer',
  'OauthOtpLogin',
  'OauthRefreshToken',
  'OauthTokenExchange',
  'OauthUserAgent',
  'OauthUserAgentIdToken',
  'OauthUsernamePassword',
  'OauthWebServer',
  'UiPasswordReset',
  'UsernamePasswordUiLogin',
]

/**
 * LoginHistory fields that the reference marks as filterable one by one, and leaves out where it lists which fields can
 * be filtered.
 */
export const disputedFilters: ReadonlySet<string> = new Set([
  'LoginSubType',
  'SourceIp',
  'ForwardedForIp',
  'LoginGeoId',
  'AuthMethodReference',
])

export const loginHistory = setupObject({
  name: 'LoginHistory',
  label: 'Login History',
  labelPlural: 'Login History',
  keyPrefix: '0Ya',
  ownRows: { column: 'UserId', unless: ['ManageUsers', 'MonitorLoginHistory'] },
  fields: [
    recordId(),
    reference('UserId', 'User ID', 'User', null),
    dateTime('LoginTime', 'Login Time', { nillable: false }),
    // Rows hold labels ("Remote Access 2.0"), not the API values the reference lists beside them.
    picklist('LoginType', 'Login Type', loginTypes),
    picklist('LoginSubType', 'Login Subtype', loginSubTypes),
    text('SourceIp', 'Source IP', 39, ipAddress),
    text('ForwardedForIp', 'Forwarded For IP', 256, ipAddress),
    text('LoginUrl', 'Login URL', 120),
    reference('AuthenticationServiceId', 'Authentication Service ID', 'AuthProvider', null),
    reference('LoginGeoId', 'Login Geo Data ID', 'LoginGeo', null),
    picklist('TlsProtocol', 'TLS Protocol', ['TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', 'Unknown']),
    picklist('CipherSuite', 'TLS Cipher Suite', []),
    checkbox('OptionsIsGet', 'HTTP GET', { sortable: false, groupable: false }),
    checkbox('OptionsIsPost', 'HTTP POST', { sortable: false, groupable: false }),
    text('Browser', 'Browser', 64, unfilterable),
    text('Platform', 'Platform', 64, unfilterable),
    text('Status', 'Status', 128, unfilterable),
    text('Application', 'Application', 64, unfilterable),
    text('ClientVersion', 'Client Version', 64, unfilterable),
    text('ApiType', 'API Type', 64, unfilterable),
    text('ApiVersion', 'API Version', 64, unfilterable),
    text('CountryIso', 'Country Code', 3),
    text('AuthMethodReference', 'Authentication Method Reference', 255),
    reference('NetworkId', 'Experience Cloud site ID', 'Network', null),
  ],
})

export const setupAuditTrail = setupObject({
  name: 'SetupAuditTrail',
  label: 'Setup Audit Trail Entry',
  labelPlural: 'Setup Audit Trail Entries',
  keyPrefix: '0Ym',
  visibleTo: ['ViewSetup', 'ViewSetupAuditTrail'],
  horizon: { column: 'CreatedDate', days: 180 },
  aggregates: 'count-only',
  fields: [
    recordId(),
    text('Action', 'Action', 40, { groupable: false }),
    text('Section', 'Section', 80, { filterable: false, groupable: false }),
    dateTime('CreatedDate', 'Created Date'),
    reference('CreatedById', 'Created By ID', 'User', 'CreatedBy'),
    text('Display', 'Display', 4000, { filterable: false, groupable: false }),
    text('DelegateUser', 'Delegate User', 80, { groupable: false }),
    text('ResponsibleNamespacePrefix', 'Responsible Namespace Prefix', 15),
    text('CreatedByContext', 'Created By Context', 80),
    text('CreatedByIssuer', 'Created By Issuer', 80),
  ],
})

export const authSession = setupObject({
  name: 'AuthSession',
  label: 'Auth Session',
  keyPrefix: '0Ak',
  deletable: true,
  writableWith: [],
  ownRows: { column: 'UsersId', unless: ['ManageUsers'] },
  fields: [
    recordId(),
    reference('UsersId', 'User ID', 'User', 'Users'),
    dateTime('CreatedDate', 'Created Date'),
    dateTime('LastModifiedDate', 'Updated'),
    integer('NumSecondsValid', 'Valid For'),
    picklist('UserType', 'User Type', ['Standard', 'Guest']),
    text('SourceIp', 'Source IP', 39, ipAddress),
    picklist('LoginType', 'Login Type', loginTypes),
    picklist('SessionType', 'Session Type', [
      'API',
      'APIOnlyUser',
      'Oauth2',
      'OauthApprovalUI',
      'SubstituteUser',
      'UI',
    ]),
    picklist('SessionSecurityLevel', 'Session Security Level', ['LOW', 'STANDARD', 'HIGH_ASSURANCE']),
    text('LogoutUrl', 'Logout URL', 1500, { sortable: false, groupable: false }),
    reference('ParentId', 'Session ID', 'AuthSession', 'Parent'),
    reference('LoginHistoryId', 'Login Event ID', 'LoginHistory', 'LoginHistory'),
    reference('LoginGeoId', 'Login Geo Data ID', 'LoginGeo', null),
    checkbox('IsCurrent', 'Is Current', { filterable: false, sortable: false, groupable: false }),
  ],
})

export const verificationHistory = setupObject({
  name: 'VerificationHistory',
  label: 'Identity Verification History',
  labelPlural: 'Identity Verification History',
  keyPrefix: '0YH',
  visibleTo: ['ManageUsers'],
  fields: [
    recordId(),
    integer('EventGroup', 'Verification Attempt'),
    dateTime('VerificationTime', 'Time'),
    picklist('VerificationMethod', 'Method', [
      'BuiltInAuthenticator',
      'Email',
      'EnableLL',
      'LL',
      'SalesforceAuthenticator',
      'Sms',
      'TempCode',
      'Totp',
      'U2F',
    ]),
    reference('UserId', 'User ID', 'User', 'User'),
    picklist('Activity', 'User Activity', ['ConnectedApp', 'ExternalClientApp', 'Login', 'Registration', 'TempCode']),
    picklist('Status', 'Status', [
      'AutomatedSuccess',
      'Denied',
      'FailedInvalidCode',
      'FailedTooManyAttempts',
      'Initiated',
      'InProgress',
      'Succeeded',
    ]),
    reference('LoginHistoryId', 'Login Event ID', 'LoginHistory', 'LoginHistory'),
    text('SourceIp', 'Source IP', 39, ipAddress),
    reference('LoginGeoId', 'Login Geo Data ID', 'LoginGeo', null),
    text('Remarks', 'Activity Message', 255),
    reference('ResourceId', 'Connected App ID', 'ConnectedApplication', 'Resource'),
    picklist('Policy', 'Triggered By', [
      'CustomApex',
      'DeviceActivation',
      'ExtraVerification',
      'HighAssurance',
      'ProfilePolicy',
      'TwoFactorAuthentication',
    ]),
  ],
})

const hasMethod = [
  'BuiltInAuthenticator',
  'SalesforceAuthenticator',
  'SecurityKey',
  'TempCode',
  'Totp',
  'U2F',
  'UserVerifiedEmailAddress',
  'UserVerifiedMobileNumber',
  'VerifiedMobileNumber',
]

export const twoFactorMethodsInfo = setupObject({
  name: 'TwoFactorMethodsInfo',
  label: 'Two-Factor Methods Info',
  labelPlural: 'Two-Factor Methods Info',
  keyPrefix: '0Y0',
  visibleTo: ['ManageTwoFactor'],
  paging: { page: 500, cap: 2500 },
  fields: [
    recordId(),
    text('ExternalId', 'External ID', 255, readOnly),
    reference('UserId', 'User ID', 'User', 'User'),
    ...hasMethod.map((method) => checkbox(`Has${method}`, `Has ${method}`)),
  ],
})
