/** SOQL text to a syntax tree; what the grammar refuses becomes MALFORMED_QUERY with the place it went wrong. */
import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js'
import { malformed, malformedAt } from './refusal.ts'

/** The documented maximum length of a SOQL statement. */
const longest = 100_000

export function parseSoql(soql: string): Query {
  if (soql.trim() === '') throw malformed('A query string has to be specified')
  if (soql.length > longest) throw malformed('SOQL statements cannot be longer than 100000 characters.')
  try {
    // Left out, `ignoreParseErrors` makes the library build a new parser for every query, which takes 20 ms.
    return parseQuery(soql, { allowApexBindVariables: false, logErrors: false, ignoreParseErrors: false })
  } catch (error) {
    throw refusal(soql, error instanceof Error ? error.message : String(error))
  }
}

/** The parser names the token it stumbled over in several ways; Salesforce always says `unexpected token`. */
function refusal(soql: string, message: string): Error {
  const lexed = /unexpected character: ->(.+?)<- at offset: (\d+)/s.exec(message)
  if (lexed !== null)
    return malformedAt(soql, Number(lexed[2]), `line 1:${lexed[2]} no viable alternative at character '${lexed[1]}'`)
  const found = /but found(?::|\s*-->) ?'?(.*?)'?(?: <--)?$/s.exec(message)?.[1] ?? ''
  const token = found.replace(/^'|'$/g, '')
  if (token === '') return malformedAt(soql, soql.length, `unexpected token: '<EOF>'`)
  return malformedAt(soql, soql.lastIndexOf(token), `unexpected token: '${token}'`)
}
