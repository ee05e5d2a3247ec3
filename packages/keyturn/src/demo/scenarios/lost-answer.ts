import type { Scenario } from '../scenario.ts'

/** What a program is told when a person has to authorise again. */
const honest = ['GRANT_IN_DOUBT', 'GRANT_DEAD']

export const lostAnswer: Scenario = {
  org: 'lost',
  name: 'An answer gets lost; there is no spare',
  story: 'Nobody can undo this. Keyturn serves the living access token to its end, then asks a person, and stops.',
  spare: false,
  sessionTimeout: 120,
  keepable: false,
  run: async (stage) => {
    stage.demandCalls(await stage.everybody(1), ['ok'], 'a call failed before anything had happened')
    // Late in the session Keyturn refreshes ahead of time: so that a lost answer finds a token that still lives.
    stage.passTime(105)
    stage.org.breakTokenEndpoint({ drop: 'after' })
    await stage.housekeeping()
    for (let n = 0; n < 2; n++) {
      stage.demandCalls(await stage.everybody(2), ['ok'], 'the living access token was not served to its end')
      stage.passTime(60)
    }
    for (let n = 0; n < 2; n++) {
      stage.passTime(180)
      stage.demandCalls(await stage.everybody(1), honest, 'the end of access was not told as what it is')
    }
    const before = stage.org.tokenRequests()
    await stage.everybody(1)
    stage.demand(stage.org.tokenRequests() === before, 'it went on asking after the end was clear')
    stage.demand(before <= 3, `${before} requests for a token that was lost`)
  },
}
