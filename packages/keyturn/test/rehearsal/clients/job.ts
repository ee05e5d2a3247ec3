/** What every sample does with its connection: a small job, some of its API calls at once, some one after the other. */
import { setTimeout as delay } from 'node:timers/promises'

export interface Api {
  limits(): PromiseLike<unknown>
}

/** With CALLS=1 there is a single one. */
const once = async (api: Api): Promise<void> => {
  if (process.env['CALLS'] === '1') return void (await api.limits())
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
