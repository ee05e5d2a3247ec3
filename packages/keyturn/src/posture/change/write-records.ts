/** The records of a change, one after the other; it stops at the first that fails and says exactly how far it came. */
import { KeyturnError } from '@keyturn/tokens'
import type { Json } from '@keyturn/tokens'
import { orgRefused, row } from '../../org/connection.ts'
import type { OrgConnection } from '../../org/connection.ts'
import { soqlText } from '../../org/org-user.ts'
import { mayHaveArrived } from './deploy-and-wait.ts'
import type { RecordEdit } from './org-change.ts'

const verbs = { create: 'created', update: 'changed', delete: 'deleted' } as const

export const recordText = ({ is, object, name }: RecordEdit): string => `${is} ${object}: ${name}`

interface WrittenRecords {
  /** In the past tense: `created PermissionSetAssignment: …`. */
  readonly done: readonly string[]
  /** Ids of created records, in their order. */
  readonly created: readonly { readonly edit: RecordEdit; readonly id: string }[]
  readonly stopped: {
    readonly at: RecordEdit
    /** False: it was certainly not written. */
    readonly maybe: boolean
    readonly why: string
    readonly untried: readonly RecordEdit[]
  } | null
}

/** Thrown before anything of the record was sent. */
const idOf = async (
  org: OrgConnection,
  { object, name }: { readonly object: string; readonly name: string },
): Promise<string> => {
  const [one, other] = await org.query(
    `SELECT Id FROM ${object} WHERE Name = ${soqlText(name)} AND NamespacePrefix = null LIMIT 2`,
  )
  const id = one?.['Id']
  if (typeof id !== 'string' || other !== undefined)
    throw new KeyturnError('ORG_REFUSED', `The org does not show one ${object} ${name}; run it again`)
  return id
}

const fieldsOf = async (
  org: OrgConnection,
  { fields, named = {} }: Extract<RecordEdit, { readonly is: 'create' }>,
): Promise<Readonly<Record<string, Json>>> => {
  const ids: Record<string, Json> = {}
  for (const [field, of] of Object.entries(named)) ids[field] = await idOf(org, of)
  return { ...fields, ...ids }
}

const send = async (org: OrgConnection, edit: RecordEdit): Promise<string> => {
  const path = `/sobjects/${encodeURIComponent(edit.object)}`
  const answer =
    edit.is === 'create'
      ? await org.send('POST', path, await fieldsOf(org, edit))
      : edit.is === 'update'
        ? await org.send('PATCH', `${path}/${encodeURIComponent(edit.id)}`, edit.fields)
        : await org.send('DELETE', `${path}/${encodeURIComponent(edit.id)}`)
  if (answer.status >= 400) throw orgRefused(recordText(edit), answer)
  const { id } = row(answer.body)
  return edit.is === 'create' ? (typeof id === 'string' ? id : '') : edit.id
}

export const writeRecords = async (org: OrgConnection, records: readonly RecordEdit[]): Promise<WrittenRecords> => {
  const done: string[] = []
  const created: { edit: RecordEdit; id: string }[] = []
  for (const [index, edit] of records.entries()) {
    try {
      const id = await send(org, edit)
      if (edit.is === 'create') created.push({ edit, id })
      done.push(`${verbs[edit.is]} ${edit.object}: ${edit.name}`)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const maybe = mayHaveArrived(error)
      const why = error instanceof KeyturnError ? error.message : `${error.name}: ${error.message}`
      return { done, created, stopped: { at: edit, maybe, why, untried: records.slice(index + 1) } }
    }
  }
  return { done, created, stopped: null }
}
