/** LoginHistory: each login that worked or failed. Seven of its fields can’t be filtered; of five more the reference disagrees. */
import { checkbox, dateTime, picklist, recordId, reference, text } from '../field.ts'
import { loginSubTypes, loginTypes } from '../login-types.ts'
import { setupObject } from '../sobject.ts'

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
  indexes: [['UserId', 'LoginTime']],
  fields: [
    recordId(),
    reference('UserId', 'User ID', 'User', null),
    dateTime('LoginTime', 'Login Time', { nillable: false }),
    // Rows hold labels ("Remote Access 2.0"), not the API values the reference lists beside them.
    picklist('LoginType', 'Login Type', loginTypes),
    picklist('LoginSubType', 'Login Subtype', loginSubTypes),
    text('SourceIp', 'Source IP', 39, { likeable: false }),
    text('ForwardedForIp', 'Forwarded For IP', 256, { likeable: false }),
    text('LoginUrl', 'Login URL', 120),
    reference(
      'AuthenticationServiceId',
      'Authentication Service ID',
      ['AuthProvider', 'SamlSsoConfig'],
      'AuthenticationService',
    ),
    reference('LoginGeoId', 'Login Geo Data ID', 'LoginGeo', 'LoginGeo'),
    picklist('TlsProtocol', 'TLS Protocol', ['TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', 'Unknown']),
    picklist('CipherSuite', 'TLS Cipher Suite', []),
    checkbox('OptionsIsGet', 'HTTP GET', { sortable: false, groupable: false }),
    checkbox('OptionsIsPost', 'HTTP POST', { sortable: false, groupable: false }),
    text('Browser', 'Browser', 64, { filterable: false }),
    text('Platform', 'Platform', 64, { filterable: false }),
    text('Status', 'Status', 128, { filterable: false }),
    text('Application', 'Application', 64, { filterable: false }),
    text('ClientVersion', 'Client Version', 64, { filterable: false }),
    text('ApiType', 'API Type', 64, { filterable: false }),
    text('ApiVersion', 'API Version', 64, { filterable: false }),
    text('CountryIso', 'Country Code', 3),
    text('AuthMethodReference', 'Authentication Method Reference', 255),
    reference('NetworkId', 'Experience Cloud site ID', 'Network', null),
  ],
})
