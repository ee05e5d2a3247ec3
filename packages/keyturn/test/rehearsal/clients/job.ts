/** What every sample does with its connection: a small job, some of its API calls at once, some one after the other. */
import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface Api {
  limits(): PromiseLike<unknown>
}

/** One call fewer in each run. */
const fewer = async (api: Api): Promise<void> => {
  const runs = join(told('REHEARSAL_FOLDER'), 'runs')
  appendFileSync(runs, '.')
  for (let left = Math.max(1, 6 - statSync(runs).size); left > 0; left--) await api.limits()
}

/** With CALLS=1 there is a single one; with CALLS=fewer they become fewer from run to run. */
const once = async (api: Api): Promise<void> => {
  if (process.env['CALLS'] === '1') return void (await api.limits())
  if (process.env['CALLS'] === 'fewer') return fewer(api)
  await Promise.all([api.limits(), api.limits(), api.limits()])
  await api.limits()
  await api.limits()
}

/** With LOOP=1 the program stays, and a call that fails is not its end. */
export const job = async (api: Api): Promise<void> => {
  if (process.env['LOOP'] !== '1') return once(api)
  for (;;) {
    await once(api).catch(() => undefined)
    await delay(20)
  }
}

/** What the rehearsal tells a program, by environment. */
export const told = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}
