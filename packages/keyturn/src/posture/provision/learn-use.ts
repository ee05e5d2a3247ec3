/**
 * What an integration did, from the org's own log of API calls (EventLogFile, event type ApiTotalUsage, which every org
 * has for a day): objects, and whether it read, made or changed them. The log knows no fields, so those stay to be named;
 * and what it deleted is said and never given. Source: Object reference, EventLogFile, API Total Usage.
 */
import { readFileSync, statSync } from 'node:fs'
import { KeyturnError } from '@keyturn/tokens'
import type { ObjectRight } from './access-wish.ts'

export interface LearnedUse {
  /** As `--object` takes them. */
  readonly objects: readonly string[]
  /** Objects it deleted records of. */
  readonly deleted: readonly string[]
  readonly calls: number
  /** Calls of which the log does not say the object: composites, bulk jobs, searches. */
  readonly unnamed: number
}

/** RFC 4180. Log files quote every cell. */
const csvRows = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain = '', end = ''] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}

/** What a call did with records; null: nothing, or nobody can tell. */
const deedOf = (family: string, resource: string, method: string): ObjectRight | 'delete' | null => {
  const word = /(?:^|\W)(query|queryAll|retrieve|search|create|insert|update|upsert|delete|undelete)(?:\W|$)/i
    .exec(family.toUpperCase() === 'REST' ? '' : resource)?.[1]
    ?.toLowerCase()
  if (word !== undefined) {
    if (word === 'create' || word === 'insert') return 'create'
    if (word === 'update' || word === 'upsert') return 'edit'
    return word === 'delete' || word === 'undelete' ? 'delete' : 'read'
  }
  switch (method.toUpperCase()) {
    case 'GET':
    case 'HEAD':
      return 'read'
    case 'POST':
      return /\/query/i.test(resource) ? 'read' : 'create'
    case 'PATCH':
    case 'PUT':
      return 'edit'
    case 'DELETE':
      return 'delete'
    default:
      return null
  }
}

const columns = [
  'API_FAMILY',
  'API_RESOURCE',
  'ENTITY_NAME',
  'HTTP_METHOD',
  'STATUS_CODE',
  'USER_ID',
  'USER_NAME',
] as const
type Column = (typeof columns)[number]

/** Pure. `user`: by username or id, where the log is of several. */
export const learnedIn = (text: string, user: string | null): LearnedUse => {
  const [head = [], ...rows] = csvRows(text)
  const at = Object.fromEntries(columns.map((name) => [name, head.indexOf(name)])) as Record<Column, number>
  const missing = columns.filter((name) => name !== 'USER_NAME' && at[name] < 0)
  if (missing.length > 0)
    throw new KeyturnError('BAD_ARGUMENT', `It is no log of API calls: there is no column ${missing.join(', ')}`, {
      fix: 'Save the LogFile of an EventLogFile of type ApiTotalUsage as CSV.',
    })
  const cell = (row: readonly string[], name: Column): string => (at[name] < 0 ? '' : (row[at[name]] ?? ''))
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
  const mine = rows.filter(
    (row) =>
      user === null || same(cell(row, 'USER_NAME'), user) || cell(row, 'USER_ID').slice(0, 15) === user.slice(0, 15),
  )
  const users = new Set(mine.map((row) => cell(row, 'USER_ID').slice(0, 15)))
  if (mine.length === 0 || users.size > 1)
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `The log has calls of ${users.size} users${user === null ? '' : ' of that name'}`,
      {
        fix: 'Name the user of the integration with --learn-user (username or id).',
      },
    )
  const found = new Map<string, Set<ObjectRight>>()
  const deleted = new Set<string>()
  let unnamed = 0
  for (const row of mine) {
    const object = cell(row, 'ENTITY_NAME')
    if (!/^2\d\d$/.test(cell(row, 'STATUS_CODE')) && cell(row, 'STATUS_CODE') !== '') continue
    const deed = deedOf(cell(row, 'API_FAMILY'), cell(row, 'API_RESOURCE'), cell(row, 'HTTP_METHOD'))
    if (!/^[A-Za-z]\w{0,79}$/.test(object) || deed === null) unnamed += 1
    else if (deed === 'delete') deleted.add(object)
    else found.set(object, (found.get(object) ?? new Set()).add(deed))
  }
  return {
    objects: [...found].map(([object, rights]) => `${object}:${[...rights].toSorted().join(',')}`).toSorted(),
    deleted: [...deleted].toSorted(),
    calls: mine.length,
    unnamed,
  }
}

const largest = 64 * 1024 * 1024

export const learnFrom = (path: string, user: string | null): LearnedUse => {
  let text: string
  try {
    if (statSync(path).size > largest)
      throw new KeyturnError('BAD_ARGUMENT', `${path} is larger than 64 MB`, {
        fix: 'Take the log of one hour or day.',
      })
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof KeyturnError) throw error
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    throw new KeyturnError('BAD_ARGUMENT', `${path} can’t be read (${code})`, { fix: 'Name the file of the log.' })
  }
  return learnedIn(text, user)
}
