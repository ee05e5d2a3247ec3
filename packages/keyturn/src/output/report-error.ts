/** Tells a failure, as text on stderr or as JSON on stdout, and sets the exit code of its kind. */
import type { Environment } from '../settings.ts'
import { paintFor } from './colour.ts'
import { asKeyturnError, errorText, exitCodeOf } from './error-text.ts'
import { widthOf } from './terminal-text.ts'

export const reportError = (
  thrown: unknown,
  how: { readonly json: boolean; readonly bin: string; readonly env: Environment },
): void => {
  // Whoever read our output (head, less) has seen enough.
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EPIPE') return
  const error = asKeyturnError(thrown)
  process.exitCode = exitCodeOf(error)
  if (how.json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() }, null, 2)}\n`)
  else
    process.stderr.write(`${errorText(error, how.bin, paintFor(process.stderr, how.env), widthOf(process.stderr))}\n`)
  if (how.env['KEYTURN_DEBUG'] === '1' && thrown instanceof Error) process.stderr.write(`${String(thrown.stack)}\n`)
}
