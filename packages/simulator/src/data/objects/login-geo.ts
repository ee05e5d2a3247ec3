/** LoginGeo: where an address was, by a database of addresses. */
import { dateTime, number, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const loginGeo = setupObject({
  name: 'LoginGeo',
  label: 'Login Geo Data',
  labelPlural: 'Login Geo Data',
  keyPrefix: '04F',
  visibleTo: ['ManageUsers'],
  fields: [
    recordId(),
    dateTime('LoginTime', 'Login Time'),
    text('City', 'City', 80),
    text('Subdivision', 'Subdivision', 80),
    text('PostalCode', 'Postal Code', 80),
    text('Country', 'Country', 80),
    text('CountryIso', 'Country Code', 3),
    number('Latitude', 'Latitude', 18, 8),
    number('Longitude', 'Longitude', 18, 8),
    dateTime('SystemModstamp', 'System Modstamp'),
  ],
})
