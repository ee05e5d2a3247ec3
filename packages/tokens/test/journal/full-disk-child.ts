/** Run under `ulimit -f`: what the journal says when a file can't grow. */
import { openJournal } from '../../src/journal/journal.ts'
import { markAt, nameOf, optionsFor } from './fixture.ts'

const journal = await openJournal(optionsFor(process.argv[2] ?? ''))
const codeOf = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? 'unknown',
  )
const ready = await codeOf(journal.ready())
const sending = await codeOf(journal.sending({ ...nameOf('a'), mark: markAt(1) }))
process.stdout.write(`ready ${ready}, sending ${sending}\n`)
