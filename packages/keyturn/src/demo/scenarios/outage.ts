import type { Scenario } from '../scenario.ts'

const MINUTES = 30
const STEP = 10

export const outage: Scenario = {
  org: 'outage',
  name: `The token endpoint is down for ${MINUTES} minutes`,
  story: `It answers 503 with a web page for ${MINUTES} simulated minutes, and all the time processes ask.`,
  spare: false,
  keepable: true,
  run: async (stage) => {
    stage.demandCalls(await stage.everybody(1), ['ok'], 'a call failed before anything had happened')
    stage.passTime(180)
    stage.org.breakTokenEndpoint({ status: 503, html: true, when: 'before' }, 'forever')
    for (let minute = 0; minute < MINUTES; minute += STEP) {
      await stage.everybody(1)
      stage.passTime(STEP)
    }
    stage.org.mend()
    // Keyturn waits longer after each vain try; nobody does anything but call.
    stage.passTime(60)
    await stage.one(0)
    for (let n = 0; n < 2; n++) {
      stage.demandCalls(await stage.everybody(2), ['ok'], 'a call failed after the outage was over')
      stage.passTime(180)
    }
    stage.demand(stage.org.counters().grantsLost === 0, 'the grant was lost in an outage')
  },
}
