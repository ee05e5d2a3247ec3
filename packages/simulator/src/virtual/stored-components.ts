/** Objects whose rows are components that metadata keeps: custom scopes and remote sites. */
import { canonicalId } from '../data/record-id.ts'
import type { VirtualRow } from '../route.ts'
import { allApps } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { rowsOf } from '../metadata/store.ts'

export const customScopeRows = (org: Org): readonly VirtualRow[] =>
  rowsOf(org, 'OauthCustomScope').map(({ id, fullName, body }) => ({
    Id: id,
    DeveloperName: fullName,
    MasterLabel: body['masterLabel'] ?? fullName,
    Description: body['description'] ?? null,
    IsPublic: body['isPublic'] === true,
    Language: 'en_US',
  }))

export const customScopeAppRows = (org: Org): readonly VirtualRow[] =>
  rowsOf(org, 'OauthCustomScope').flatMap(({ id, body }) => {
    const app = allApps(org).find(({ name }) => name === body['assignedTo'])
    return app === undefined
      ? []
      : [{ Id: canonicalId(`1CW${id.slice(3, 15)}`), OauthCustomScopeId: id, ApplicationId: app.id }]
  })

export const remoteProxyRows = (org: Org): readonly VirtualRow[] =>
  rowsOf(org, 'RemoteSiteSetting').map(({ id, fullName, body }) => ({
    Id: id,
    SiteName: fullName,
    EndpointUrl: body['url'],
    IsActive: body['isActive'] === true,
    DisableProtocolSecurity: body['disableProtocolSecurity'] === true,
    Description: body['description'] ?? null,
  }))
