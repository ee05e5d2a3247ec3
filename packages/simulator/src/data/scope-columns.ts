/** Scopes of external client apps as the Tooling API’s checkboxes name them: in capitals, by what the wire calls them. */
export const scopeColumns: readonly string[] = [
  'API',
  'CHATTER_API',
  'CUSTOM_PERMISSIONS',
  'FULL',
  'ID',
  'LIGHTNING',
  'MCP_API',
  'OFFLINE_ACCESS',
  'OPENID',
  'REFRESH_TOKEN',
  'VISUALFORCE',
  'WEB',
]
