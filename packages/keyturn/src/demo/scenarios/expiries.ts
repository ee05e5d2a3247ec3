import type { Scenario } from '../scenario.ts'

const EXPIRIES = 4

export const expiries: Scenario = {
  org: 'expiries',
  name: 'Tokens expire again and again',
  story: `The session ends ${EXPIRIES} times while four processes call at once; each refresh token works only once.`,
  spare: false,
  keepable: true,
  run: async (stage) => {
    for (let n = 0; n < EXPIRIES; n++) {
      stage.passTime(180)
      stage.demandCalls(await stage.everybody(2), ['ok'], 'a call failed after an ordinary expiry')
    }
    const { exchanges, reuses } = stage.org.counters()
    stage.demand(exchanges === EXPIRIES, `${EXPIRIES} expiries cost ${exchanges} exchanges`)
    stage.demand(reuses === 0, 'a spent refresh token was sent again')
  },
}
