/** A command tells its result; what the broker would log goes to stderr as a warning line, and nothing below that. */
import { systemClock } from '@keyturn/tokens'
import { openLog } from '../broker/log.ts'

export const quietLog = openLog({ clock: systemClock, level: 'warn', write: (line) => process.stderr.write(line) })
