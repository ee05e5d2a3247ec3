/** The mutants that die only after many states; and the whole table, kept with the counts. */
import { test } from 'node:test'
import { recordCounts } from '../../../../test/counts.ts'
import { killed } from './killing.ts'
import { kills, redundant } from './kills.ts'

test('every mutant of the table dies', (t) => {
  const told = kills.map((kill) => killed(kill, 1_500_000))
  for (const line of told) t.diagnostic(line)
  recordCounts('explorer-mutants', { mutants: kills.length, killed: told, explained: redundant })
})
