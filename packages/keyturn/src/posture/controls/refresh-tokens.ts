/** Whether an app hands out refresh tokens: only flows with a person do, and only with the scope for it. */
import type { AppFact, Flow } from '../facts.ts'
import type { Answer } from './looks.ts'
import { apart, given } from './looks.ts'

const interactive: readonly Flow[] = ['web-server', 'user-agent', 'device', 'code-credential', 'token-exchange']

export const refreshScopes: readonly string[] = ['RefreshToken', 'OfflineAccess']

export const hasRefreshScope = (scopes: readonly string[]): boolean =>
  scopes.some((scope) => refreshScopes.includes(scope))

export const hasInteractiveFlow = (flows: readonly Flow[]): boolean => flows.some((flow) => interactive.includes(flow))

/** Asks further of apps that issue refresh tokens; the others are left out. Any reason is enough to leave one out. */
export const ofRefreshTokens = ({ scopes, flows, refreshTokenPolicy }: AppFact, look: () => Answer): Answer => {
  if (scopes.is === 'known' && !hasRefreshScope(scopes.value)) return apart
  if (flows.is === 'known' && !hasInteractiveFlow(flows.value)) return apart
  const answer = look()
  if (answer.verdict === 'pass') return answer
  // “Immediately expire”: what is issued can't be used.
  if (refreshTokenPolicy.is === 'known' && refreshTokenPolicy.value.effective === 'zero') return apart
  return given(scopes, () => given(flows, () => answer))
}
