/** Legacy programs that log in every second, at three replicas: what that costs the org. */
import { systemClock } from '@keyturn/tokens'
import { seededRandom } from '../../../../tokens/test/survival/seeded-random.ts'
import { clientOf } from './client-kinds.ts'
import { setStage } from './stage.ts'
import type { Program } from './stage.ts'

export interface StormReport {
  readonly clients: number
  readonly logins: number
  /** While the token lived. */
  readonly exchangesBefore: number
  /** From its end on. */
  readonly exchangesAfter: number
  /** Requests that looked whether the token lives. */
  readonly looks: number
  readonly reuses: number
  readonly problems: readonly string[]
}

const SECOND = 1_000

export const runStorm = async (options: {
  readonly seed: string
  readonly clients: number
  readonly seconds: number
}): Promise<StormReport> => {
  const random = seededRandom(options.seed)
  const pick = (n: number): number => Math.floor(random() * n)
  const stage = await setStage({
    ...options,
    reuse: 'documented',
    grants: 1,
    callers: Math.ceil(options.clients / 10),
    pick,
  })
  const problems: string[] = []
  let logins = 0
  try {
    const { control } = stage.sim
    const exchanges = (): number => control.oracle().total.exchanges
    const raws = stage.programs.map((program, n): Program => ({
      ...program,
      kind: (['raw-secret', 'raw-refresh', 'raw-soap'] as const)[n % 3] ?? 'raw-secret',
    }))
    // Copies of one program are callers of their own to the broker only by name; each logs in for itself.
    const everybody = Array.from({ length: options.clients }, (_, n) => raws[n % raws.length]).filter(
      (program) => program !== undefined,
    )
    const second = async (): Promise<void> => {
      const over = systemClock.sleep(SECOND)
      await Promise.all(
        everybody.map(async (program) => {
          logins += 1
          // A new program each time: its first call is a login and a query.
          await clientOf(program)().catch((error: unknown) => problems.push(`${program.name}: ${String(error)}`))
        }),
      )
      await over
    }
    for (let n = 0; n < options.seconds; n++) await second()
    const exchangesBefore = exchanges()
    control.expireAccessTokens()
    for (let n = 0; n < options.seconds; n++) await second()
    const { exchanges: all, reuses } = control.oracle().total
    const looks = control.requests().filter(({ path }) => path === '/services/data/v60.0/').length
    const exchangesAfter = all - exchangesBefore
    return { clients: everybody.length, logins, exchangesBefore, exchangesAfter, looks, reuses, problems }
  } finally {
    await stage.close()
  }
}
