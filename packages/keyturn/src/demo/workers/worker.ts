/** One of four processes: an application that calls Salesforce with a client, through Keyturn or without it. */
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { KeyturnError, openKeyturn } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { loadClient } from '../clients.ts'
import { followClock } from '../follow-clock.ts'
import type { FromWorker, Order, ToWorker, WorkerSetup } from '../messages.ts'
import type { Client } from './client.ts'
import { jsforceAlone, jsforceOnKeyturn } from './jsforce.ts'
import type { Jsforce } from './jsforce.ts'
import { coreAlone, coreOnKeyturn } from './salesforce-core.ts'
import type { Core } from './salesforce-core.ts'

const setup = JSON.parse(process.env['KEYTURN_DEMO_SETUP'] ?? '{}') as WorkerSetup

const open = (): Promise<Keyturn> =>
  openKeyturn({
    store: `sqlite:${join(setup.folder, 'keyturn.db')}`,
    masterKey: 'env:KEYTURN_DEMO_KEY',
    clock: followClock(setup.clockFile),
  })

const keyturn = setup.side === 'with' ? await open() : null

const clientOf = (): Client => {
  const loaded = loadClient(setup.client)
  if (setup.client === '@salesforce/core')
    return keyturn === null ? coreAlone(loaded as Core) : coreOnKeyturn(loaded as Core, keyturn)
  return keyturn === null ? jsforceAlone(loaded as Jsforce, setup.folder) : jsforceOnKeyturn(loaded as Jsforce, keyturn)
}

const client = clientOf()
let call = (): Promise<unknown> => Promise.reject(new Error('not connected'))

/** Clients wrap our errors in theirs and keep the message only, in which the code stands first. */
const codeOf = (error: unknown): string => {
  if (error instanceof KeyturnError) return error.code
  const text = error instanceof Error ? error.message : String(error)
  return /\b[A-Z]{3,}(?:_[A-Z]+)+\b/.exec(text)?.[0] ?? 'error'
}

const told = (work: () => Promise<unknown>): Promise<string> =>
  work().then(
    () => 'ok',
    (error: unknown) => codeOf(error),
  )

const connect = async (order: Extract<Order, { type: 'connect' }>): Promise<string> => {
  const done = await told(async () => {
    call = await client.connect(order.login)
  })
  // A connection that could not be made: every call on it is a call that failed.
  if (done !== 'ok') call = () => Promise.reject(new Error(done))
  return done
}

const obey = async (order: Order): Promise<readonly string[]> => {
  switch (order.type) {
    case 'store':
      return [await told(async () => client.store?.(order.login))]
    case 'connect':
      return [await connect(order)]
    case 'call':
      return Promise.all(Array.from({ length: order.times }, () => told(call)))
    case 'sweep':
      return [await told(async () => keyturn?.sweep())]
    case 'ping':
      return []
  }
}

const say = (message: FromWorker): void => void process.send?.(message)

process.on('message', ({ id, order }: ToWorker) => {
  void (async () => {
    if (order.type === 'stop') {
      await keyturn?.close()
      process.exit(0)
    }
    say({ id, results: await obey(order) })
  })()
})
// Nobody is left to answer to.
process.on('disconnect', () => process.exit(0))
flushCompileCache()
say({ id: 0, results: [] })
