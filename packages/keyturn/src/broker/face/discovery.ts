/** /.well-known/openid-configuration: the endpoints that are here, and no others. */
export const discovery = (base: string): Readonly<Record<string, unknown>> => ({
  issuer: base,
  token_endpoint: `${base}/services/oauth2/token`,
  revocation_endpoint: `${base}/services/oauth2/revoke`,
  introspection_endpoint: `${base}/services/oauth2/introspect`,
  userinfo_endpoint: `${base}/services/oauth2/userinfo`,
  grant_types_supported: [
    'refresh_token',
    'client_credentials',
    'password',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ],
  response_types_supported: [],
  subject_types_supported: ['public'],
  token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
})
