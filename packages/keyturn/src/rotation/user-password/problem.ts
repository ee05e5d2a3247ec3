/** What is in the way of a password’s rotation, for preflights and steps alike. */
import type { Problem } from '../credential.ts'

export const problem = (code: string, text: string, next: string): Problem => ({ code, text, next })

const toOauth =
  'Move it to OAuth: `keyturn connect` with client credentials or JWT bearer (docs/how-to/rotate-a-security-token.md, “Leave it behind”).'

export const tokenUseless = (why: string): Problem =>
  problem('TOKEN_USELESS', `A security token is of no use here: ${why}`, toOauth)

export const noWayIn = (why: string): Problem =>
  problem('NO_PASSWORD_LOGIN', `No login that takes a password from a program is open: ${why}`, toOauth)
