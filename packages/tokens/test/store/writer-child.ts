/**
 * A process of its own that works on a store: `claim` tries to claim every grant as often as it is told, `stuck` stops
 * in the middle of a transaction and waits to be killed. Says what it did as one JSON line.
 */
import { systemClock } from '../../src/clock.ts'
import { openDriver, openStore } from '../../src/store/open.ts'
import { transition } from '../../src/protocol/transition.ts'
import type { TransitionFunction } from '../../src/store/grant-change.ts'
import { Secret } from '../../src/secret.ts'
import { answer, masterKey } from './fixtures.ts'

const [task = '', address = '', name = '', rounds = '0'] = process.argv.slice(2)
const holder = { host: 'host-a', process: name }
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)

if (task === 'claim') {
  const store = await openStore(address, { clock: systemClock, masterKey, holder, patience: 60_000 })
  const won: { grant: string; lineage: string }[] = []
  for (let round = 0; round < Number(rounds); round++) {
    for (const grant of await store.grants()) {
      const now = await store.now()
      const attempt = `${name}-${round}-${grant.name}`
      const lineage = grant.state.lineage ?? ''
      const { generation } = grant.state
      const event = {
        type: 'claim',
        attempt,
        holder,
        lineage,
        generation,
        sendBy: now + 60_000,
        deadline: now + 60_000,
      } as const
      if (!(await store.apply(grant.id, event)).applied) continue
      won.push({ grant: grant.name, lineage })
      const sold = answer(store, grant, attempt, `${grant.name} ${name} ${round}`)
      const done = await store.apply(grant.id, sold.event, sold.puts)
      if (!done.applied) throw new Error(`an answer was lost: ${String(done.reason)}`)
    }
  }
  await store.close()
  say({ won })
} else if (task === 'stuck') {
  // The transition runs inside of the transaction, after the ledger's head was locked: there this process stays.
  const stop: TransitionFunction = (state, event, context) => {
    say({ stuck: true })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    return transition(state, event, context)
  }
  const store = await openStore(address, { clock: systemClock, masterKey, holder, transition: stop })
  const [grant] = await store.grants()
  if (grant === undefined) throw new Error('there is no grant')
  await store.apply(grant.id, { type: 'remove' }, { secrets: { accessToken: new Secret('x') } })
} else if (task === 'half') {
  // Half of a change is written, nothing is committed.
  const driver = await openDriver(address, { clock: systemClock })
  await driver.write(async ({ sql }) => {
    await sql.run('UPDATE keyturn_grants SET removed = 1, name = ?', ['half'])
    await sql.run('UPDATE keyturn_meta SET seq = seq + 100')
    say({ stuck: true })
    await new Promise((resolve) => setTimeout(resolve, 600_000))
    return { keep: true, value: undefined }
  })
} else throw new Error(`unknown task ${task}`)
