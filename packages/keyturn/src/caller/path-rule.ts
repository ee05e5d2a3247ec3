/** `METHOD:PREFIX` as a flag. */
import { KeyturnError } from '@keyturn/tokens'
import type { PathRule } from '../broker/caller.ts'

export const readPathRule = (text: string): PathRule => {
  const [, method, prefix] = /^(\*|[A-Za-z]+):(\/.*)$/.exec(text) ?? []
  if (method === undefined || prefix === undefined) {
    throw new KeyturnError('BAD_ARGUMENT', `${text.slice(0, 60)} is no rule for paths`, {
      fix: 'Write GET:/services/data or *:/services.',
    })
  }
  return { method: method.toUpperCase(), prefix }
}
