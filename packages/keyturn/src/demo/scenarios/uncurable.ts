import type { Scenario } from '../scenario.ts'

/** Real milliseconds after which the cause is removed: some clients hang or go on for ever. */
const CAP = 6_000

export const uncurable: Scenario = {
  org: 'uncurable',
  name: 'A 401 that no new token cures',
  story:
    'An IP rule refuses every call, with any token, until an admin corrects it. No client may hang or exchange for ever.',
  spare: false,
  keepable: true,
  run: async (stage) => {
    stage.demandCalls(await stage.everybody(1), ['ok'], 'a call failed before anything had happened')
    stage.passTime(180)
    stage.org.refuseEverybody(true)
    const codes = await stage.everybody(2, CAP)
    const { exchanges } = stage.org.counters()
    stage.demand(exchanges <= 2, `${exchanges} exchanges for a 401 that no token cures`)
    stage.demandCalls(codes, ['ACCESS_UNCURABLE'], 'a 401 that no token cures was not told as what it is')
    stage.org.refuseEverybody(false)
  },
}
