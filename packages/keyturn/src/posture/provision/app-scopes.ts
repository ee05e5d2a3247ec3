/** OAuth scopes by their names on the wire and in metadata; people know one, files want the other. */
import { KeyturnError } from '@keyturn/tokens'
import type { AppFlow } from './app-description.ts'

/** By the Metadata API guide; of scopes with several names the one that a retrieve gives back. */
const inMetadata: Readonly<Record<string, string>> = {
  api: 'Api',
  web: 'Web',
  full: 'Full',
  id: 'Basic',
  openid: 'OpenID',
  profile: 'Profile',
  email: 'Email',
  address: 'Address',
  phone: 'Phone',
  refresh_token: 'RefreshToken',
  offline_access: 'RefreshToken',
  chatter_api: 'Chatter',
  visualforce: 'CustomApplications',
  custom_permissions: 'CustomPermissions',
  wave_api: 'Wave',
  eclair_api: 'Eclair',
  pardot_api: 'Pardot',
  lightning: 'Lightning',
  content: 'Content',
  cdp_ingest_api: 'CDPIngest',
  cdp_profile_api: 'CDPProfile',
  cdp_query_api: 'CDPQuery',
  cdp_api: 'CDP',
  sfap_api: 'SFApiPlatform',
  mcp_api: 'MCP',
  interaction_api: 'Interaction',
  einstein_gpt_api: 'EinsteinGPT',
  scrt_api: 'SCRT',
}

const known: ReadonlySet<string> = new Set(Object.values(inMetadata))

export const defaultScopes = (flow: AppFlow): readonly string[] =>
  flow === 'web-server' || flow === 'device' ? ['Api', 'RefreshToken'] : ['Api']

/** As metadata has them, each once. Throws BAD_ARGUMENT for one that nobody knows. */
export const metadataScopes = (scopes: readonly string[]): readonly string[] => [
  ...new Set(
    scopes.map((scope) => {
      const found = inMetadata[scope.toLowerCase()] ?? (known.has(scope) ? scope : undefined)
      if (found !== undefined) return found
      throw new KeyturnError('BAD_ARGUMENT', `"${scope.slice(0, 80)}" is no OAuth scope of Salesforce`, {
        fix: `Known are ${Object.keys(inMetadata).join(', ')}.`,
      })
    }),
  ),
]
