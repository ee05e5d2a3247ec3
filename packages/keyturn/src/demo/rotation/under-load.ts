/** A credential turned while callers of the library go on with it all the time, and their sessions end at every step. */
import type { Run } from '../../rotation/credential.ts'
import { refusedLogins } from './refused-logins.ts'
import { callsServed } from '../counts.ts'
import { underLoad } from './load.ts'
import { machine } from './org.ts'
import { factsOf, noteOf, problemsOf } from './turn.ts'
import type { Turn } from './turn.ts'
import type { World } from './world.ts'

export const CALLERS = 4

interface LoadedTurn {
  readonly turn: Omit<Turn, 'problems'>
  readonly run: Run
  readonly complaints: readonly string[]
}

interface Loaded {
  readonly credential: string
  /** Of the store: what the callers use. */
  readonly grant: string
  readonly wanted: Turn['wanted']
  /** After each round, while nobody calls. */
  readonly meanwhile?: (run: Run) => void
}

export const turnUnderLoad = async (
  world: World,
  { credential, grant, wanted, meanwhile = () => undefined }: Loaded,
): Promise<LoadedTurn> => {
  const { sim, keyturn, rotation } = world
  const after = sim.control.log().at(-1)?.n ?? 0
  const load = underLoad(CALLERS, async () => (await keyturn.fetch(grant, '/services/data/v66.0/limits')).status)
  const burst = async (): Promise<void> => {
    load.go()
    sim.control.expireAccessTokens({ user: machine })
    await load.turn(1)
  }
  const run = await (async () => {
    try {
      await burst()
      return await world.turn(credential, async (now) => {
        await burst()
        await load.pause()
        meanwhile(now)
      })
    } finally {
      // With what is in use now, whatever the run says of itself.
      await burst()
      await load.stop()
    }
  })()
  const oneKey = run.done.find(({ step }) => step === 'activate')?.facts['withoutSecondsAtMost']
  const log = sim.control.log({ after })
  const turn = {
    ...factsOf(run),
    ...{ credential, kind: rotation.settingsOf(credential).kind, wanted },
    proof: noteOf(run, wanted === 'retired' ? 'verify' : 'deploy', wanted !== 'retired'),
    oneKeyMs: typeof oneKey === 'number' ? oneKey * 1_000 : null,
    asked: load.asked(),
    served: callsServed(log),
    refused: refusedLogins(log),
  }
  return { turn, run, complaints: load.complaints() }
}

export const turnedUnderLoad = async (world: World, credential: string, grant: string): Promise<Turn> => {
  const { turn, complaints } = await turnUnderLoad(world, { credential, grant, wanted: 'retired' })
  const disagreed = turn.refused === 0 ? ['the org refused no login, so its servers did not disagree'] : []
  return { ...turn, problems: [...problemsOf(turn, complaints), ...disagreed] }
}
