/**
 * Writes as the integration user, on records it makes itself and on no other: what describe promises a trigger or a
 * validation rule may still refuse. Each record is taken away again by whoever provisions, for the user can't.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, Records } from '@keyturn/tokens'
import { refusalOf, row, rows } from '../../org/connection.ts'
import type { OrgConnection, Row } from '../../org/connection.ts'
import type { ObjectWish } from './access-wish.ts'
import type { Agree } from './carry.ts'

export interface TriedWrite {
  readonly object: string
  /** `works`; `refused`: it may not, or a rule of the org says no; `too-much`: it could delete; `not-tried`. */
  readonly is: 'works' | 'refused' | 'too-much' | 'not-tried'
  readonly text: string
  /** A record that could not be taken away again. */
  readonly left: string | null
}

const sample = 'Keyturn access check'

/** Null: nobody can make one up. */
const valueFor = (field: Row, now: string): Json | null => {
  const length = Number(field['length'] ?? 0)
  switch (field['type']) {
    case 'string':
    case 'textarea':
      return length > 0 ? sample.slice(0, length) : sample
    case 'email':
      return 'keyturn-check@example.invalid'
    case 'url':
      return 'https://example.invalid/'
    case 'phone':
      return '000'
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return 0
    case 'date':
      return now.slice(0, 10)
    case 'datetime':
      return now
    case 'picklist':
      return rows(field['picklistValues']).find((one) => one['active'] === true)?.['value'] ?? null
    default:
      return null
  }
}

const requiredOf = (described: Row): readonly Row[] =>
  rows(described['fields']).filter(
    (field) =>
      field['createable'] === true &&
      field['nillable'] === false &&
      field['defaultedOnCreate'] === false &&
      field['type'] !== 'boolean',
  )

const tryOne = async (
  { object, rights }: ObjectWish,
  asUser: OrgConnection,
  admin: OrgConnection,
  now: string,
): Promise<TriedWrite> => {
  const at = `/sobjects/${encodeURIComponent(object)}`
  const answer = (is: TriedWrite['is'], text: string, left: string | null = null): TriedWrite => ({
    object,
    is,
    text,
    left,
  })
  if (!rights.includes('create'))
    return answer('not-tried', 'it makes no records of its own, and those of others are not touched')
  const required = requiredOf(row(await asUser.rest('GET', `${at}/describe`)))
  const values = Object.fromEntries(required.map((field) => [String(field['name']), valueFor(field, now)]))
  const hard = Object.keys(values).filter((name) => values[name] === null)
  if (hard.length > 0) return answer('not-tried', `nobody can make up ${hard.join(', ')}`)
  const made = await asUser.send('POST', at, values)
  if (made.status >= 400) return answer('refused', `creating: ${refusalOf(made).message}`)
  const id = String(row(made.body)['id'])
  const record = `${at}/${id}`
  const takenAway = async (): Promise<string | null> => ((await statusOf(admin, record)) >= 400 ? id : null)
  const [name, value] = Object.entries(values).find(([, one]) => typeof one === 'string') ?? []
  try {
    const changed =
      rights.includes('edit') && name !== undefined && value !== undefined
        ? await asUser.send('PATCH', record, { [name]: value })
        : null
    if ((await asUser.send('DELETE', record)).status < 400)
      return answer('too-much', 'it could delete the record it made')
    const left = await takenAway()
    if (changed !== null && changed.status >= 400)
      return answer('refused', `changing: ${refusalOf(changed).message}`, left)
    return answer('works', changed === null ? 'created' : 'created and changed', left)
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return answer('refused', `once it was created: ${error.message}`, await takenAway())
  }
}

/** Of a deletion; without an answer nobody can say that the record is gone. */
const statusOf = async (org: OrgConnection, record: string): Promise<number> => {
  try {
    return (await org.send('DELETE', record)).status
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return 503
  }
}

interface TryWrites {
  readonly objects: readonly ObjectWish[]
  readonly asUser: OrgConnection
  readonly admin: OrgConnection
  readonly records: Records
  readonly orgId: string
  readonly now: number
  readonly agree: Agree
}

/** Agreed to and in the ledger before the first record is made. */
export const tryWrites = async (of: TryWrites): Promise<readonly TriedWrite[]> => {
  const { asUser, admin, records, orgId, now, agree } = of
  const objects = of.objects.filter(({ rights }) => rights.some((right) => right !== 'read'))
  if (objects.length === 0) return []
  const names = objects.map(({ object }) => object)
  if (!(await agree(`Make, change and take away a record of ${names.join(', ')}?`)))
    return names.map((object) => ({ object, is: 'not-tried', text: 'nobody agreed to it (--yes)', left: null }))
  const data = { grantName: admin.grant, org: orgId, objects: names.join(' ') }
  await records.putAll([], { kind: 'provision-writes-began', grant: null, data })
  const tried: TriedWrite[] = []
  try {
    for (const one of objects) tried.push(await tryOne(one, asUser, admin, new Date(now).toISOString()))
  } finally {
    const left = tried.flatMap((one) => one.left ?? []).join(' ')
    await records.putAll([], {
      kind: 'provision-writes-ended',
      grant: null,
      data: { ...data, tried: tried.length, left },
    })
  }
  return tried
}
