/** New secrets are shown once, to a person at a terminal or to the program that asked for JSON; never into a log file. */
import { KeyturnError } from '@keyturn/tokens'
import type * as z from 'zod'
import type { issuedShape } from '../broker/api/shapes.ts'
import { moment } from '../output/moment.ts'

/** Before anything is made: a secret that nobody saw would have to be made again. */
export const mayShowSecrets = (json: boolean): void => {
  if (json || process.stdout.isTTY) return
  throw new KeyturnError('BAD_ARGUMENT', 'Secrets are shown on a terminal only', {
    fix: 'Add --json and pipe it to what keeps secrets.',
  })
}

export const issuedLines = (
  { caller, secret, password, refreshTokens, warnings }: z.input<typeof issuedShape>,
  now: number,
): string => {
  const rows = [
    ['id', caller.id],
    ['secret', secret],
    ...(password === null
      ? []
      : [
          ['user', caller.virtualUser ?? ''],
          ['password', password],
        ]),
    ...Object.entries(refreshTokens).map(([grant, token]) => [`refresh token for ${grant}`, token]),
    ['ends', caller.expiresAt === null ? 'never' : moment(caller.expiresAt, now)],
  ]
  const width = Math.max(...rows.map(([title = '']) => title.length))
  return [
    `Caller ${caller.name}. What follows is shown this once:`,
    ...rows.map(([title = '', value = '']) => `  ${title.padEnd(width)}  ${value}`),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n')
}
