/**
 * A look at the program before anything is done to it: does it call the API at all, how many calls does a run make, how
 * many at once, and does it ask for a token when its session is dead? Without that, nothing it does proves anything.
 */
import type { Profile, Stage } from './stage.ts'
import { served, widest } from './wire.ts'

type Acquaintance =
  | { readonly profile: Profile; readonly stranger: null }
  /** Why nothing can be said about it. */
  | { readonly profile: null; readonly stranger: string }

const SLOW_CALL = 200

export const getToKnow = async (stage: Stage, longLived: boolean, limit: number): Promise<Acquaintance> => {
  const stranger = (why: string): Acquaintance => ({ profile: null, stranger: why })
  const { org } = stage
  org.slowCalls(SLOW_CALL)
  // The first run may do what it does only once.
  await stage.job()
  if (stage.overran() && !longLived)
    return stranger(
      `It did not end within ${limit / 1_000} s. Raise --timeout, or say --long-lived if it is meant to stay.`,
    )
  const first = stage.wire()
  if (first.calls.length === 0)
    return stranger(
      first.tokenRequests.length === 0
        ? 'It ended without an API call or a token request: nothing of it reached the simulated org.'
        : 'It asked for tokens and ended without an API call.',
    )
  if (served(first) === 0) return stranger('None of its API calls was served, though its session lived.')
  const mark = stage.mark()
  await stage.job()
  const usual = stage.wire(mark)
  const width = Math.max(1, widest(usual))
  const before = stage.mark()
  org.expire()
  await stage.job()
  if (stage.wire(before).tokenRequests.length === 0)
    return stranger('With a dead session it got 401 and never asked the token endpoint: no token exchange happened.')
  return { profile: { width, calls: longLived ? null : served(usual) }, stranger: null }
}
