/** Writes exchanges and says each step on stdout once the journal has it; the test kills it in between. */
import { writeSync } from 'node:fs'
import { systemClock } from '../../src/clock.ts'
import { thisHolder } from '../../src/holder.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { markAt, nameOf, optionsFor } from './fixture.ts'

const [folder = '', state = '', exchanges = '1'] = process.argv.slice(2)
const holder = await thisHolder(state)
const journal = await openJournal(optionsFor(folder, { holder, clock: systemClock, segmentSize: 70_000 }))
const say = (step: string): void => void writeSync(1, `${step}\n`)
const pause = async (step: string): Promise<void> => {
  say(step)
  // The parent answers each step with a byte, or kills us.
  await new Promise((resolve) => process.stdin.once('data', resolve))
}

for (let n = 0; n < Number(exchanges); n++) {
  const name = nameOf(`a${n}`)
  await journal.ready()
  await pause('ready')
  await journal.sending({ ...name, mark: markAt(n) })
  await pause('sending')
  const answer = journal.answer(name)
  answer.head(200, { 'content-type': 'application/json' })
  await pause('head')
  answer.chunk(Buffer.from('{"refresh_token":'))
  await pause('half')
  answer.chunk(Buffer.from('"next"}'))
  await pause('body')
  answer.end({ complete: true })
  await pause('end')
  await answer.flushed()
  await pause('flushed')
  await journal.finished(name.attempt)
  await pause('finished')
  journal.committed(name.attempt, markAt(n + 1))
  await pause('committed')
}
await journal.close()
say('closed')
process.stdin.destroy()
