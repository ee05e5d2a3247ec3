/** Refuses a fault that would do nothing because of a slip: a misspelt name would let a test pass for no reason. */
import type { FaultAction, FaultMatch, FaultSpec } from './fault.ts'

type Known<T> = Readonly<Record<keyof T, 'string' | 'number' | 'boolean' | 'object' | readonly unknown[] | 'position'>>

const positions = [
  'status-line',
  'mid-header',
  'header-end',
  'before-refresh-token',
  'after-refresh-token',
  'last-byte',
]
const beforeAfter = ['before', 'after']

const spec: Known<FaultSpec> = {
  name: 'string',
  match: 'object',
  skip: 'number',
  count: 'number',
  every: 'number',
  probability: 'number',
  action: 'object',
}

const match: Known<FaultMatch> = {
  org: 'string',
  endpoint: [
    'token',
    'authorize',
    'revoke',
    'introspect',
    'userinfo',
    'identity',
    'discovery',
    'soap',
    'metadata',
    'data',
    'other',
  ],
  path: 'string',
  method: 'string',
  grantType: 'string',
  app: 'string',
  user: 'string',
  token: 'string',
}

const action: Known<FaultAction> = {
  delayBeforeMs: 'number',
  holdBefore: 'boolean',
  redirectTo: 'string',
  rateLimit: 'boolean',
  drop: beforeAfter,
  reset: 'boolean',
  status: 'number',
  when: beforeAfter,
  html: 'boolean',
  body: 'string',
  duplicate: ['together', 'after'],
  duplicateAnswer: ['first', 'second'],
  delayAfterMs: 'number',
  holdAfter: 'boolean',
  pauseAt: 'position',
  cutAt: 'position',
  drip: 'object',
}

function checkFields(what: string, given: object, known: Readonly<Record<string, string | readonly unknown[]>>): void {
  for (const [name, value] of Object.entries(given)) {
    const wanted = known[name]
    if (wanted === undefined) {
      throw new Error(`A ${what} has no "${name}"; known are: ${Object.keys(known).join(', ')}`)
    }
    if (value === undefined) continue
    const fits =
      wanted === 'position'
        ? typeof value === 'number' || positions.includes(String(value))
        : typeof wanted === 'string'
          ? typeof value === wanted
          : wanted.includes(value)
    if (fits) continue
    const allowed = wanted === 'position' ? `a number or ${positions.join(', ')}` : String(wanted)
    throw new Error(`"${name}" of a ${what} has to be: ${allowed}; got ${JSON.stringify(value)}`)
  }
}

export function checkFault(fault: FaultSpec): void {
  if (typeof fault.action !== 'object' || fault.action === null) throw new Error('A fault needs an "action"')
  const { count, ...rest } = fault
  checkFields('fault', count === 'forever' ? rest : fault, spec)
  checkFields('match', fault.match ?? {}, match)
  checkFields('fault action', fault.action, action)
  if (Object.keys(fault.action).length === 0) throw new Error('The action of this fault does nothing')
}
