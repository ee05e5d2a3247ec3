/**
 * The pace of a collection: at most so many calls at once, all of them counted, a pause for everybody where the org says
 * “not now”, and an end before the org's own daily limit is anywhere near: other programs have to live, too.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { RestAnswer } from '../../org/connection.ts'

export interface PaceLimits {
  /** At most 10. */
  readonly atOnce: number
  /** Of the org's daily API limit: when that much of it is used, by whomever, the collection stops asking. */
  readonly dailyShare: number
  /** Of this collection alone. */
  readonly calls: number
  /** Attempts of a call that the org did not do, and the first pause between them (it doubles). */
  readonly attempts: number
  readonly pauseMs: number
}

export const defaultPace: PaceLimits = { atOnce: 10, dailyShare: 0.8, calls: 20_000, attempts: 5, pauseMs: 500 }

interface Tally {
  readonly total: number
  readonly mostAtOnce: number
  readonly again: number
}

export interface Pace {
  run<T>(what: string, work: () => Promise<T>): Promise<T>
  /** What the org said of its daily limit, with any answer. */
  heard(usage: RestAnswer['apiUsage']): void
  tally(): Tally
}

/** The collection stops asking; what isn't known by then stays unknown. */
export class EnoughAsked extends Error {}

const isForToday = (error: KeyturnError): boolean =>
  /TotalRequests/i.test(error.message) || /TotalRequests/i.test(String(error.data['errorCode'] ?? ''))

export const createPace = (clock: Clock, limits: PaceLimits, tell: (text: string) => void): Pace => {
  const atOnce = Math.min(10, Math.max(1, limits.atOnce))
  const waiting: (() => void)[] = []
  let running = 0
  let total = 0
  let mostAtOnce = 0
  let again = 0
  let pausedUntil = 0
  let stopped: string | null = null

  const enter = async (): Promise<void> => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    mostAtOnce = Math.max(mostAtOnce, running)
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
  const mayCall = (): void => {
    if (stopped === null && total >= limits.calls) stopped = `this collection made ${total} calls, its limit`
    if (stopped !== null) throw new EnoughAsked(`no more was asked: ${stopped}`)
  }
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried++) {
      mayCall()
      const pause = pausedUntil - clock.boot()
      if (pause > 0) await clock.sleep(pause)
      mayCall()
      total += 1
      if (total % 100 === 0) tell(`${total} calls so far`)
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof KeyturnError) || error.code !== 'ORG_UNAVAILABLE') throw error
        if (isForToday(error)) stopped = 'the org’s daily limit of API calls is reached'
        mayCall()
        if (tried >= limits.attempts) throw error
        again += 1
        const ms = limits.pauseMs * 2 ** (tried - 1)
        pausedUntil = Math.max(pausedUntil, clock.boot() + ms)
        tell(`${what}: the org says not now; all calls wait ${ms} ms`)
      }
    }
  }
  return {
    async run(what, work) {
      await enter()
      try {
        return await attempt(what, work)
      } finally {
        leave()
      }
    },
    heard(usage) {
      if (usage === undefined || usage === null || stopped !== null) return
      if (usage.used >= usage.limit * limits.dailyShare)
        stopped = `${usage.used} of the org’s ${usage.limit} daily API calls are used, more than ${Math.round(limits.dailyShare * 100)} %`
    },
    tally: () => ({ total, mostAtOnce, again }),
  }
}
