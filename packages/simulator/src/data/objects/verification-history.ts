/** VerificationHistory: how users proved who they are, over six months. */
import { dateTime, integer, picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

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
    text('SourceIp', 'Source IP', 39, { likeable: false }),
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
