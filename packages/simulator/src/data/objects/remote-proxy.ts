/** RemoteProxy (Tooling): remote sites that the org’s code may call. */
import { checkbox, recordId, text, url } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const remoteProxy = setupObject({
  name: 'RemoteProxy',
  label: 'Remote Proxy',
  labelPlural: 'Remote Proxies',
  keyPrefix: '0rp',
  storage: 'virtual',
  api: 'tooling',
  visibleTo: ['ViewSetup'],
  fields: [
    recordId(),
    text('SiteName', 'Remote Site Name', 80, { nameField: true }),
    url('EndpointUrl', 'Remote Site URL'),
    checkbox('IsActive', 'Active'),
    checkbox('DisableProtocolSecurity', 'Disable Protocol Security'),
    text('Description', 'Description', 255),
  ],
})
