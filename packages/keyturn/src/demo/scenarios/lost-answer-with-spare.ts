import type { Scenario } from '../scenario.ts'

export const lostAnswerWithSpare: Scenario = {
  org: 'lost-spare',
  name: 'An answer gets lost; there is a spare way in',
  story:
    'Salesforce issues the new token, and the connection breaks. Keyturn goes on through a JWT login of another app.',
  spare: true,
  keepable: true,
  run: async (stage) => {
    stage.demandCalls(await stage.everybody(1), ['ok'], 'a call failed before anything had happened')
    stage.passTime(180)
    stage.org.breakTokenEndpoint({ drop: 'after' })
    stage.demandCalls(await stage.everybody(2), ['ok'], 'a call failed when the answer got lost')
    for (let n = 0; n < 2; n++) {
      stage.passTime(180)
      stage.demandCalls(await stage.everybody(2), ['ok'], 'a call failed on the spare way in')
    }
    stage.demand(stage.org.counters().reuses === 0, 'a spent refresh token was sent again in spite of the spare')
  },
}
