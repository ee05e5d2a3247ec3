/** A grant as `--json` shows it: a stable shape, less than the library's view and nothing secret. */
import type { GrantView } from '@keyturn/tokens'

export const grantJson = (view: GrantView) => {
  const { id, name, flow, loginUrl, clientId, username, identity, status, why, lineage, generation, access } = view
  const { source, issuedAt, instanceUrl, exchangedAt, fallback } = view
  return {
    id,
    name,
    flow,
    loginUrl,
    clientId,
    username,
    identity,
    status,
    why,
    lineage,
    generation,
    access,
    source,
    issuedAt,
    instanceUrl,
    exchangedAt,
    fallback: fallback.map(({ name: spare, flow: kind, state, independent, grant, otherUser }) => ({
      name: spare,
      flow: kind,
      state,
      independent,
      grant,
      otherUser,
    })),
  }
}
