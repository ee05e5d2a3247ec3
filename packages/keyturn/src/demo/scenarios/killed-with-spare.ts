import type { Scenario } from '../scenario.ts'

export const killedWithSpare: Scenario = {
  org: 'killed-spare',
  name: 'A process is killed in mid-exchange; there is a spare way in',
  story: 'kill -9 after Salesforce issued the new token and before a byte of its answer came.',
  spare: true,
  keepable: true,
  run: async (stage) => {
    stage.demandCalls(await stage.everybody(1), ['ok'], 'a call failed before anything had happened')
    stage.passTime(180)
    const fault = stage.org.breakTokenEndpoint({ holdAfter: true })
    const asked = stage.one(0)
    const caught = await stage.org.held(fault)
    await stage.kill(0)
    stage.org.release(fault)
    stage.demand(caught && (await asked) !== 'ok', 'the process was not caught in the middle of an exchange')
    await stage.restart(0)
    for (let n = 0; n < 2; n++) {
      stage.demandCalls(await stage.everybody(2), ['ok'], 'a call failed after a process had been killed')
      stage.passTime(180)
    }
    stage.demand(stage.org.counters().reuses === 0, 'a spent refresh token was sent again in spite of the spare')
  },
}
