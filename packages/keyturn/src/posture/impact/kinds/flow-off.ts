/** A flow is switched off: logins by it end. Tokens that came of it go on until somebody has to authorise again. */
import type { Flow } from '../../facts.ts'
import type { Match } from '../app-match.ts'
import type { Judge, Verdict } from '../judge.ts'
import { asItsUser, certain, matched, possible, unseen } from '../judge.ts'
import { unsaidFlows } from '../login-flow.ts'
import type { Seen } from '../seen.ts'
import type { Use } from '../use.ts'

const withTokens: readonly Flow[] = ['web-server', 'user-agent', 'device', 'code-credential', 'token-exchange']

const judgeLogin = (use: Use, flow: Flow | 'oauth-password', seen: Seen): Verdict => {
  if (use.flow === flow) return certain('It logs in by this flow.')
  if (use.flow !== 'unsaid' || flow === 'oauth-password' || !unsaidFlows.includes(flow)) return null
  const owner = seen.apps.ownerOf(use)
  if (owner === null || owner.flows.is === 'unknown') return possible('By which flow it logs in is not said.')
  const open = owner.flows.value.filter((one) => unsaidFlows.includes(one))
  if (!open.includes(flow)) return null
  return open.length === 1
    ? certain('It logs in by this flow: the app offers no other that leaves no name.')
    : possible('By which flow it logs in is not said.')
}

export const flowOff: Judge<'flow-off'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app, flow }, seen) => {
    const match = app === null ? (): Match => 'yes' : seen.apps.of(app)
    const judge = (use: Use): Verdict => {
      if (use.from === 'caller') return match(use) === 'no' ? null : asItsUser
      if (use.from === 'self') {
        if (match(use) === 'no') return null
        const known = seen.evidence.self.flow
        if (known !== null) return known === flow ? matched(match(use), certain('It logs in by this flow.')) : null
        // How it signs in is what its own logins say, and a refresh token is no such flow.
        const own = seen.alike(use).filter(({ from }) => from === 'login')
        const hit = own.map((one) => judgeLogin(one, flow, seen)).find((one) => one !== null)
        const refreshes =
          own.some((one) => one.flow === 'refresh') || seen.alike(use).some(({ from }) => from === 'token')
        return hit?.is === 'certain' && refreshes ? possible(hit.why) : (hit ?? null)
      }
      if (use.from === 'token' && app === null)
        return flow === 'user-agent' && seen.apps.ownerOf(use)?.kind !== 'external'
          ? unseen('how their tokens were made: those of this flow go on, and can’t be authorised by it again')
          : null
      if (use.from === 'token')
        return flow !== 'oauth-password' && withTokens.includes(flow)
          ? matched(match(use), possible('Its token goes on; if it came by this flow, it can’t authorise again by it.'))
          : null
      return matched(match(use), judgeLogin(use, flow, seen))
    }
    return judge
  },
}
