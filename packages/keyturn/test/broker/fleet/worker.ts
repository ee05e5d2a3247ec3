/** A process full of callers: each calls, pauses, calls again, and writes down what went wrong. */
import { setTimeout as sleep } from 'node:timers/promises'
import { clientOf } from './client-kinds.ts'
import type { FromWorker, ToWorker, WorkerSetup } from './crowd.ts'

const { clients, pause } = JSON.parse(process.env['FLEET_WORKER'] ?? '{}') as WorkerSetup

let phase = 0
let ended = false
let calls = 0
let slowest = 0
/** Callers that got through with a call begun in this phase. */
let through = new Set<string>()
let errors: Record<string, string[]> = {}
/** Since when each caller waits for the end of its call. */
const calling = new Map<string, number>()

/** What a program's log would show of an error. */
const told = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause, message, name } = error
  const code = 'errorCode' in error ? String(error.errorCode) : name
  const inner =
    cause instanceof Error ? ` (${'code' in cause ? String(cause.code) : cause.name}: ${cause.message})` : ''
  return `${code}: ${message}${inner}`.slice(0, 300)
}

/** Who was told to come again comes again when the broker said (Retry-After: 5); a broken connection is tried sooner. */
const patience = (error: string): number => (/HTTP.50[34]|unavailable/i.test(error) ? 5_000 : 1_000)

const live = async ({ name, ...setup }: WorkerSetup['clients'][number], at: number): Promise<void> => {
  const call = clientOf({ name, ...setup })
  // Spread, so that they don't march in step.
  await sleep((pause * at) / clients.length)
  while (!ended) {
    const began = phase
    const start = performance.now()
    calling.set(name, start)
    let wait = pause
    try {
      await call()
      if (began === phase) through.add(name)
    } catch (error) {
      const text = told(error)
      ;(errors[name] ??= []).push(text)
      wait = Math.max(pause, patience(text))
    }
    calls += 1
    calling.delete(name)
    slowest = Math.max(slowest, performance.now() - start)
    await sleep(wait)
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'end') {
    ended = true
    process.disconnect()
    process.exit(0)
  }
  if (message.type === 'phase') {
    phase = message.phase
    through = new Set()
  }
  const waits = [...calling].map(([name, start]) => [name, Math.round(performance.now() - start)])
  const report: FromWorker = {
    ...{ n: message.n, through: [...through], calls, slowest, errors },
    calling: Object.fromEntries(waits) as FromWorker['calling'],
  }
  if (message.type === 'collect') [errors, calls, slowest] = [{}, 0, 0]
  process.send?.(report)
})

for (const [at, setup] of clients.entries()) void live(setup, at)
