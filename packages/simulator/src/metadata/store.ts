/**
 * The rows behind components: when and by whom, and those elements that only metadata knows. A component
 * that came with the org (a seeded app, a profile) gets its row when somebody first asks.
 */
import { automatedProcessId } from '../data/rows.ts'
import type { Org } from '../state/org.ts'
import type { Context, ComponentType } from './component-type.ts'
import type { JsonObject } from './elements.ts'

interface ComponentRow {
  readonly id: string
  readonly type: string
  readonly fullName: string
  readonly body: JsonObject
  readonly content: Buffer | null
  readonly createdAt: number
  readonly createdById: string | null
  readonly modifiedAt: number
  readonly modifiedById: string | null
}

const parsed = (row: Readonly<Record<string, unknown>>): ComponentRow => ({
  ...(row as unknown as ComponentRow),
  body: JSON.parse(String(row['body'])) as JsonObject,
  content: row['content'] instanceof Uint8Array ? Buffer.from(row['content']) : null,
})

export function rowOf(org: Org, type: string, fullName: string): ComponentRow | undefined {
  const row = org.sql('SELECT * FROM sim_component WHERE type = ? AND fullName = ?').get(type, fullName)
  return row === undefined ? undefined : parsed(row)
}

export const rowsOf = (org: Org, type: string): readonly ComponentRow[] =>
  org.sql('SELECT * FROM sim_component WHERE type = ? ORDER BY fullName').all(type).map(parsed)

export const bodyOf = (org: Org, type: string, fullName: string): JsonObject => rowOf(org, type, fullName)?.body ?? {}

/** The row, made now if it is missing. */
export function ensureRow(context: Context, type: ComponentType, fullName: string): ComponentRow {
  const { org } = context
  const known = rowOf(org, type.name, fullName)
  if (known !== undefined) return known
  const id = type.recordId(context, fullName) ?? org.ids.id(type.idPrefix)
  const platform = automatedProcessId(org)
  insertRow(org, { id, type: type.name, fullName, body: {}, by: platform })
  return rowOf(org, type.name, fullName) ?? fail(fullName)
}

const fail = (fullName: string): never => {
  throw new Error(`The row of ${fullName} was written and can’t be read`)
}

export function insertRow(
  org: Org,
  of: { readonly id: string; readonly type: string; readonly fullName: string; readonly body: JsonObject } & {
    readonly by: string | null
  },
): void {
  org
    .sql(
      `INSERT INTO sim_component (id, type, fullName, body, createdAt, createdById, modifiedAt, modifiedById)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(of.id, of.type, of.fullName, JSON.stringify(of.body), org.now(), of.by, org.now(), of.by)
}

/** Keeps what was deployed, in the name of the caller. */
export function keep(context: Context, type: ComponentType, fullName: string, body: JsonObject): void {
  const { org, userId } = context
  const known = rowOf(org, type.name, fullName)
  if (known === undefined) {
    const id = type.recordId(context, fullName) ?? org.ids.id(type.idPrefix)
    insertRow(org, { id, type: type.name, fullName, body, by: userId })
    return
  }
  org
    .sql('UPDATE sim_component SET body = ?, modifiedAt = ?, modifiedById = ? WHERE type = ? AND fullName = ?')
    .run(JSON.stringify(body), org.now(), userId, type.name, fullName)
}

export const keepContent = (org: Org, type: string, fullName: string, content: Buffer): void => {
  org.sql('UPDATE sim_component SET content = ? WHERE type = ? AND fullName = ?').run(content, type, fullName)
}

export const forgetRow = (org: Org, type: string, fullName: string): void => {
  org.sql('DELETE FROM sim_component WHERE type = ? AND fullName = ?').run(type, fullName)
}

export const renameRow = (org: Org, type: string, fullName: string, to: string): void => {
  org.sql('UPDATE sim_component SET fullName = ? WHERE type = ? AND fullName = ?').run(to, type, fullName)
}

/** For types whose rows are all there is: nothing else in the org comes of them. */
export const storedOnly = (name: string) => ({
  names: ({ org }: Context): readonly string[] => rowsOf(org, name).map((row) => row.fullName),
  read: ({ org }: Context, fullName: string): JsonObject | undefined => rowOf(org, name, fullName)?.body,
  remove: ({ org }: Context, fullName: string): void => forgetRow(org, name, fullName),
})
