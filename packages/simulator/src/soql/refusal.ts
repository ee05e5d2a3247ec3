/** SOQL refusals in the platform's wording: the query, a caret under the culprit, row and column, and the reason. */
import { ApiError } from '../data/api-error.ts'

const seeDocs = 'Please reference your WSDL or the describe call for the appropriate names.'

/** Where the query mentions a name, outside of string literals; -1 when it doesn't as such. */
function positionOf(soql: string, name: string): number {
  const blanked = soql.replace(/'(?:\\.|[^'\\])*'/g, (literal) => ' '.repeat(literal.length)).toLowerCase()
  const wanted = name.toLowerCase()
  for (let at = blanked.indexOf(wanted); at !== -1; at = blanked.indexOf(wanted, at + 1)) {
    if (!/[\w.]/.test(blanked.charAt(at - 1)) && !/\w/.test(blanked.charAt(at + wanted.length))) return at
  }
  return -1
}

function withCaret(soql: string, at: number, message: string): string {
  if (at < 0) return message
  const before = soql.slice(0, at)
  const row = before.split('\n').length
  const column = at - (before.lastIndexOf('\n') + 1)
  const line = soql.split('\n')[row - 1] ?? ''
  const from = Math.max(0, column - 60)
  return `\n${line.slice(from, column + 60)}\n${' '.repeat(column - from)}^\nERROR at Row:${row}:Column:${column + 1}\n${message}`
}

export const malformed = (message: string): ApiError => new ApiError(400, 'MALFORMED_QUERY', message)

export const malformedAt = (soql: string, at: number, message: string): ApiError =>
  malformed(withCaret(soql, at, message))

export const invalidField = (soql: string, name: string, message: string): ApiError =>
  new ApiError(400, 'INVALID_FIELD', withCaret(soql, positionOf(soql, name), message))

/** Absent and hidden fields are told apart by nothing: that is the point of hiding them. */
export const noSuchColumn = (soql: string, name: string, sobject: string): ApiError =>
  invalidField(
    soql,
    name,
    `No such column '${name.split('.').at(-1) ?? name}' on entity '${sobject}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${seeDocs}`,
  )

export const noSuchRelationship = (soql: string, path: string, relationship: string): ApiError =>
  invalidField(
    soql,
    path,
    `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${seeDocs}`,
  )

export const noSuchChildRelationship = (soql: string, name: string, sobject: string): ApiError =>
  new ApiError(
    400,
    'INVALID_TYPE',
    withCaret(
      soql,
      positionOf(soql, name),
      `Didn't understand relationship '${name}' in FROM part of query call on entity '${sobject}'. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${seeDocs}`,
    ),
  )

export const noSuchType = (soql: string, name: string): ApiError =>
  new ApiError(
    400,
    'INVALID_TYPE',
    withCaret(
      soql,
      positionOf(soql, name),
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${seeDocs}`,
    ),
  )

export const badOperator = (message: string): ApiError => new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', message)
