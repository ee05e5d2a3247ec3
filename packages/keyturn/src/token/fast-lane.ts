/**
 * `keyturn token NAME [--json]` without oclif, which takes twice as long to load as everything else together. Scripts
 * call this line for every request they make; with any other flag the command of the same name does it.
 */
import { withOpened } from '../wiring/opened.ts'
import { reportError } from '../output/report-error.ts'
import { environment, readSettings } from '../settings.ts'
import { askToken } from './ask-token.ts'

interface Asked {
  readonly name: string
  readonly json: boolean
}

export const askedInFastLane = (argv: readonly string[]): Asked | null => {
  const [command, name, flag, ...rest] = argv
  if (command !== 'token' || name === undefined || !/^[A-Za-z0-9][\w.@+-]*$/.test(name) || rest.length > 0) return null
  if (flag !== undefined && flag !== '--json') return null
  return { name, json: flag === '--json' }
}

export const fastLane = async ({ name, json }: Asked): Promise<void> => {
  const env = environment()
  try {
    const token = await withOpened(await readSettings({}, process.cwd(), env), (keyturn) =>
      askToken(keyturn, name, undefined),
    )
    process.stdout.write(`${json ? JSON.stringify(token, null, 2) : token.accessToken}\n`)
  } catch (error) {
    reportError(error, { json, bin: 'keyturn', env })
  }
}
