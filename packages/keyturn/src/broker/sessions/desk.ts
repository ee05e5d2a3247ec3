/** What face/ and proxy/ share for one broker: its virtual sessions and the tokens behind them. */
import type { BrokerContext } from '../caller.ts'
import { livingTokens } from './living-tokens.ts'
import type { LivingTokens } from './living-tokens.ts'
import { faceOptions } from './options.ts'
import type { FaceOptions } from './options.ts'
import { openReachability } from './reachability.ts'
import type { Reachability } from './reachability.ts'
import { virtualSessions } from './virtual-sessions.ts'
import type { VirtualSessions } from './virtual-sessions.ts'

export interface Desk {
  readonly context: BrokerContext
  readonly options: FaceOptions
  readonly sessions: VirtualSessions
  readonly tokens: LivingTokens
  readonly reachability: Reachability
}

const desks = new WeakMap<BrokerContext, Desk>()

/** One per context: both plugins of a broker see the same probes and ended sessions. The first options count. */
export const deskOf = (context: BrokerContext, given?: Partial<FaceOptions>): Desk => {
  const known = desks.get(context)
  if (known !== undefined) return known
  const options = faceOptions(context, given)
  const reachability = openReachability(context.clock)
  const desk: Desk = {
    context,
    options,
    sessions: virtualSessions(context, options),
    tokens: livingTokens(context, options, reachability),
    reachability,
  }
  desks.set(context, desk)
  return desk
}
