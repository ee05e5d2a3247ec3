/** The token endpoint asked by hand: a refresh whose answer is not read, passwords, and the error that must not be retried. */
import type { HabitFinding } from '../scan-report.ts'
import { refreshesByHand } from './refresh-by-hand.ts'
import { found, isSign, says } from './source.ts'
import type { Rule, Source } from './source.ts'

/** Lines on which a grant type is said to be this one: `grant_type: 'x'`, `("grant_type", "x")`, `grant_type=x`. */
const saysGrant = ({ tokens }: Source, ...grants: readonly string[]): readonly number[] => {
  const inText = new RegExp(`grant_?type["'\\\\]*\\s*[=:]\\s*["'\\\\]*(?:${grants.join('|')})(?![\\w-])`, 'i')
  return tokens.flatMap((token, at) => {
    if (token.is === 'string' && inText.test(token.text.slice(0, 20_000))) return [token.line]
    if (!says(token, 'grant_type', 'grantType', 'GrantType')) return []
    for (let next = at + 1; next < at + 5; next++) {
      const one = tokens[next]
      if (one === undefined || (one.is === 'sign' && !',:=>)]"'.includes(one.text))) return []
      if (one.is === 'string' || (one.is === 'name' && isSign(tokens[next - 1], '=', ':')))
        return grants.includes(one.text) ? [token.line] : []
    }
    return []
  })
}

const keepIt = 'Let Keyturn refresh, and take an access token from it: `keyturn exec`, `keyturn token`, or the broker.'

const refreshes = (source: Source): readonly HabitFinding[] =>
  refreshesByHand(source, saysGrant(source, 'refresh_token', 'hybrid_refresh'), {
    how: 'The token endpoint is asked',
    next: keepIt,
  })

const passwords = (source: Source): readonly HabitFinding[] =>
  saysGrant(source, 'password').map((line) =>
    found(source, line, {
      kind: 'password-login',
      effect: 'unaffected',
      confidence: 'likely',
      why: 'The OAuth username-password flow: no refresh token is rotated; Salesforce switches the flow off.',
      next: 'Connect by JWT bearer or client credentials, or let the broker answer it: docs/how-to/mfa-and-machines.md.',
    }),
  )

const retries = (source: Source): readonly HabitFinding[] => {
  const { tokens } = source
  return tokens.flatMap((token, at) => {
    if (token.is !== 'string' || !/already being processed/i.test(token.text)) return []
    const near = tokens.slice(Math.max(0, at - 80), at + 80)
    return near.some((one) => one.is === 'name' && /retry|retries|attempt|backoff|tenacity/i.test(one.text))
      ? [
          found(source, token.line, {
            kind: 'refresh-retried',
            effect: 'depends',
            confidence: 'possible',
            why: 'The error of two refreshes at once seems to be met by trying again. With the same token that ends every token: whoever lost must read what the other got.',
            next: keepIt,
          }),
        ]
      : []
  })
}

export const tokenEndpointHabits: Rule = (source) =>
  // Other providers are asked the same way: only where Salesforce is named.
  source.salesforce ? [...refreshes(source), ...passwords(source), ...retries(source)] : []
