/** OAuth scopes by their names in metadata and on the wire. A retrieve gives back fewer names than a deploy takes. */
const wireNames = {
  Basic: 'id',
  Api: 'api',
  Web: 'web',
  Full: 'full',
  Chatter: 'chatter_api',
  CustomApplications: 'visualforce',
  RefreshToken: 'refresh_token',
  OpenID: 'openid',
  Profile: 'id',
  Email: 'id',
  Address: 'id',
  Phone: 'id',
  OfflineAccess: 'refresh_token',
  CustomPermissions: 'custom_permissions',
  Wave: 'wave_api',
  Eclair: 'eclair_api',
  Pardot: 'pardot_api',
  Lightning: 'lightning',
  Content: 'content',
  CDPIngest: 'cdp_ingest_api',
  CDPProfile: 'cdp_profile_api',
  CDPQuery: 'cdp_query_api',
  CDPSegment: 'cdp_segment_api',
  CDPIdentityResolution: 'cdp_identityresolution_api',
  CDPCalculatedInsight: 'cdp_calculated_insight_api',
  CDP: 'cdp_api',
  Chatbot: 'chatbot_api',
  ForgotPassword: 'forgot_password',
  UserRegistration: 'user_registration_api',
  PwdlessLogin: 'pwdless_login_api',
  SFAP: 'sfap_api',
  SFApiPlatform: 'sfap_api',
  Interaction: 'interaction_api',
  EinsteinGPT: 'einstein_gpt_api',
  MCP: 'mcp_api',
  SCRT: 'scrt_api',
  DataCloudUserClaims: 'data_cloud_user_claims',
  A2A: 'a2a_api',
  CmdbDiscovery: 'cmdb_discovery_api',
  SemanticLayer: 'semantic_layer_api',
} as const satisfies Readonly<Record<string, string>>

export const scopeNames: readonly string[] = Object.keys(wireNames)

/** The first name for each wire name is the one that a retrieve shows. */
const metadataNames: ReadonlyMap<string, string> = new Map(
  Object.entries(wireNames)
    .toReversed()
    .map(([name, wire]) => [wire, name]),
)

export const isScope = (name: string): name is keyof typeof wireNames => Object.hasOwn(wireNames, name)

export const wireScopes = (names: readonly string[]): readonly string[] => [
  ...new Set(names.flatMap((name) => (isScope(name) ? [wireNames[name]] : []))),
]

export const metadataScopes = (wire: readonly string[]): readonly string[] =>
  [...new Set(wire.flatMap((name) => metadataNames.get(name) ?? []))].toSorted()
