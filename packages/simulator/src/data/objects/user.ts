/** User, UserLogin (frozen or not) and UserLicense. */
import {
  auditFields, checkbox, dateTime, email, integer, personName, phone, picklist, readOnly, recordId, reference, text,
} from '../field.ts'
import { setupObject } from '../sobject.ts'

export const user = setupObject({
  name: 'User',
  label: 'User',
  keyPrefix: '005',
  createable: true,
  updateable: true,
  writableWith: ['ManageUsers', 'ManageInternalUsers'],
  api: 'both',
  fields: [
    recordId(),
    text('Username', 'Username', 80, { nillable: false, unique: true, idLookup: true }),
    ...personName(),
    text('CompanyName', 'Company Name', 80),
    text('Department', 'Department', 80),
    text('Title', 'Title', 80),
    email('Email', 'Email', { nillable: false, length: 128 }),
    phone('Phone', 'Phone'),
    text('Alias', 'Alias', 8, { nillable: false }),
    checkbox('IsActive', 'Active', { defaultValue: true }),
    picklist('TimeZoneSidKey', 'Time Zone', [
      'GMT', 'America/Los_Angeles', 'America/New_York', 'Europe/London', 'Europe/Berlin', 'Asia/Tokyo', 'Australia/Sydney',
    ], { nillable: false, defaultValue: 'GMT' }),
    picklist('LocaleSidKey', 'Locale', ['en_US', 'en_GB', 'de_DE', 'ja_JP'], { nillable: false, defaultValue: 'en_US' }),
    picklist('LanguageLocaleKey', 'Language', ['en_US', 'de', 'ja'], { nillable: false, defaultValue: 'en_US' }),
    picklist('EmailEncodingKey', 'Email Encoding', ['UTF-8', 'ISO-8859-1'], { nillable: false, defaultValue: 'UTF-8' }),
    reference('ProfileId', 'Profile ID', 'Profile', 'Profile', { childRelationshipName: 'Users' }),
    picklist('UserType', 'User Type', [
      'Standard', 'PowerPartner', 'CspLitePortal', 'CustomerSuccess', 'PowerCustomerSuccess', 'CsnOnly', 'Guest',
      'AutomatedProcess', 'CloudIntegrationUser',
    ], { ...readOnly, defaultValue: 'Standard' }),
    reference('ManagerId', 'Manager ID', 'User', 'Manager', { childRelationshipName: 'ManagedUsers' }),
    text('FederationIdentifier', 'SAML Federation ID', 512, { idLookup: true }),
    dateTime('LastLoginDate', 'Last Login', readOnly),
    dateTime('LastPasswordChangeDate', 'Last Password Change or Reset', readOnly),
    dateTime('PasswordExpirationDate', 'Password Expiration Date', readOnly),
    integer('NumberOfFailedLogins', 'Failed Login Attempts', { ...readOnly, defaultValue: 0 }),
    ...auditFields(),
  ],
})

export const userLogin = setupObject({
  name: 'UserLogin',
  label: 'User Login',
  keyPrefix: '0Yw',
  updateable: true,
  visibleTo: ['ManageUsers'],
  writableWith: ['ManageUsers'],
  fields: [
    recordId(),
    reference('UserId', 'User ID', 'User', null, readOnly),
    checkbox('IsFrozen', 'Frozen'),
    checkbox('IsPasswordLocked', 'Password Locked'),
    dateTime('LastModifiedDate', 'Last Modified Date', readOnly),
    reference('LastModifiedById', 'Last Modified By ID', 'User', 'LastModifiedBy', readOnly),
  ],
})

export const userLicense = setupObject({
  name: 'UserLicense',
  label: 'User License',
  keyPrefix: '100',
  fields: [
    recordId(),
    text('Name', 'Name', 40, { nameField: true }),
    text('MasterLabel', 'Label', 40),
    text('LicenseDefinitionKey', 'License Def. ID', 40),
    picklist('Status', 'Status', ['Active', 'Disabled']),
    integer('TotalLicenses', 'Total Licenses'),
    integer('UsedLicenses', 'Used Licenses'),
  ],
})
