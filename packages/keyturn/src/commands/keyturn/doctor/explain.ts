import { text as streamText } from 'node:stream/consumers'
import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { errorTable, KeyturnError } from '@keyturn/tokens'
import { explainAny } from '../../../explain/explain.ts'
import { salesforceErrors } from '../../../explain/salesforce-errors.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

const places = {
  token: 'token endpoint',
  authorize: 'login page',
  revoke: 'revocation endpoint',
  userinfo: 'identity endpoints',
  rest: 'REST API',
  soap: 'SOAP API',
} as const

export default class DoctorExplainCommand extends KeyturnCommand {
  static override summary = 'Say what an error means and what to do'
  static override description =
    'Takes a code, a message, or a whole answer of Salesforce (- reads it from stdin), or a code of Keyturn. The text is not repeated, because an answer may hold a token. Exits with 1 when nothing is known of it.'
  static override examples = [
    { description: 'A code', command: '<%= config.bin %> <%= command.id %> invalid_client_id' },
    { description: 'A message', command: '<%= config.bin %> <%= command.id %> "expired access/refresh token"' },
    { description: 'A whole answer', command: 'curl … | <%= config.bin %> <%= command.id %> -' },
  ]
  static override args = { text: argument({ description: 'Code or message; - for stdin' }) }
  static override flags = { list: boolean({ description: 'Everything that is known' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(DoctorExplainCommand)
    if (!flags.list && args.text === undefined)
      throw new KeyturnError('BAD_ARGUMENT', 'Nothing to explain', {
        fix: 'Give a code or a message, - for stdin, or --list.',
      })
    const given = args.text === '-' ? await streamText(process.stdin) : (args.text ?? '')
    const own = Object.entries(errorTable).filter(([code]) => code === given.trim().toUpperCase())
    const found = flags.list ? salesforceErrors : own.length > 0 ? [] : explainAny(given)
    for (const [code, { kind, retry, fix }] of own)
      this.log(`${this.paint('bold', code)} (Keyturn, ${kind}, retry: ${retry})\n→ ${fix}\n`)
    for (const { where, code, text, status, certainty, cause, evidence, next } of found) {
      this.log(
        `${this.paint('bold', text === null ? code : `${code} · ${text}`)} (${places[where]}${status === null ? '' : `, HTTP ${status}`}, ${certainty})`,
      )
      this.log(`  ${cause}\n  Look here: ${evidence}\n  → ${next}\n`)
    }
    if (own.length + found.length === 0) {
      this.log('Nothing is known of this error. `doctor explain --list` shows everything that is.')
      this.answerNo()
    }
    return { keyturn: own.map(([code, row]) => ({ code, ...row })), salesforce: found }
  }
}
