/** RFC 7636: what ties the authorisation code to the process that asked for it. */
import { createHash } from 'node:crypto'

interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

/** 64 random bytes make 86 characters; Salesforce takes 43 to 128. */
export const newPkce = (random: (bytes: number) => Uint8Array): Pkce => {
  const verifier = Buffer.from(random(64)).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
