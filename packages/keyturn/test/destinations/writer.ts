/** Writes a .env file again and again until it is killed: the program of the SIGKILL test. */
import { openOne, valueOf } from './place.ts'

const [, , folder = ''] = process.argv
const destination = openOne({ kind: 'env-file', file: '.env' }, folder)
for (let round = 0; ; round++) {
  process.stdout.write('writing\n')
  await destination.write(valueOf({ password: (round % 2 === 0 ? 'a' : 'b').repeat(2_000_000) }, String(round)))
}
