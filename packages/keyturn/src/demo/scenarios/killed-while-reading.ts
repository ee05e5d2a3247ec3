import type { Scenario } from '../scenario.ts'

export const killedWhileReading: Scenario = {
  org: 'killed-reading',
  name: 'A process is killed while it reads the answer; there is no spare',
  story:
    'kill -9 after half of the answer came. Keyturn has it in its journal; the other processes carry on from there.',
  spare: false,
  keepable: true,
  run: async (stage) => {
    stage.demandCalls(await stage.everybody(1), ['ok'], 'a call failed before anything had happened')
    stage.passTime(180)
    const fault = stage.org.breakTokenEndpoint({ pauseAt: 'after-refresh-token' })
    const asked = stage.one(0)
    const caught = await stage.org.held(fault)
    // The bytes are in its receive buffer: it has read them, and written them down, when it gets to this.
    await stage.caughtUp(0)
    await stage.kill(0)
    stage.org.release(fault)
    stage.demand(caught && (await asked) !== 'ok', 'the process was not caught while reading')
    await stage.restart(0)
    for (let n = 0; n < 2; n++) {
      stage.demandCalls(await stage.everybody(2), ['ok'], 'a call failed after a process had been killed')
      stage.passTime(180)
    }
    stage.demand(stage.org.counters().reuses === 0, 'a spent refresh token was sent again')
  },
}
