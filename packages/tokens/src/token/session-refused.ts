/**
 * Does this API answer mean that the access token is dead? Salesforce says it in five ways, and says 401 for things
 * that no new token cures: those must not cause an exchange.
 */

/** 401 texts that a fresh token would get as well (jsforce-node's http-api names the endless loop they caused). */
const uncurable = [/connected app is not attached to agent/i, /this session is not valid for use with/i]

interface ApiAnswer {
  readonly status: number
  readonly body: string
}

/** `dead`: a new access token helps · `uncurable`: it doesn't · `fine`: the token is not the problem. */
export const sessionVerdict = ({ status, body }: ApiAnswer): 'dead' | 'uncurable' | 'fine' => {
  if (status === 401) return uncurable.some((text) => text.test(body)) ? 'uncurable' : 'dead'
  // SOAP, Metadata and Tooling faults; Bulk 1.0; the OAuth resources' plain text.
  if (status === 500 && /INVALID_SESSION_ID/.test(body)) return 'dead'
  if (status === 400 && /InvalidSessionId/.test(body)) return 'dead'
  if (status === 403 && /^\s*Bad_OAuth_Token/.test(body)) return 'dead'
  return 'fine'
}
