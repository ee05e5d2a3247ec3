/** A change against the org as it is now: what each component is, what it would be, and which of them differ at all. */
import type { OrgConnection } from '../../org/connection.ts'
import { readComponents } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import type { ComponentEdit, OrgChange, RecordEdit } from './org-change.ts'
import { sameValue } from './same-body.ts'

export interface PreparedComponent {
  readonly edit: ComponentEdit
  /** Null: there is none of that name. */
  readonly before: MetadataBody | null
  readonly after: MetadataBody
}

export interface PreparedChange {
  readonly title: string
  /** Only those that differ. */
  readonly components: readonly PreparedComponent[]
  readonly records: readonly RecordEdit[]
  readonly clicks: readonly string[]
}

/** Settings are read by the name of their root, and deployed as `Settings`. */
export const readType = ({ type, root = type }: ComponentEdit): string => root

export const componentTitle = (edit: ComponentEdit): string => `${readType(edit)} ${edit.fullName}`

const keyOf = (edit: ComponentEdit): string => `${readType(edit)}/${edit.fullName}`

/** What is there of these components now, by `keyOf`: one call for ten of a type. */
const readAll = async (
  org: OrgConnection,
  edits: readonly ComponentEdit[],
): Promise<ReadonlyMap<string, MetadataBody>> => {
  const found = new Map<string, MetadataBody>()
  for (const type of new Set(edits.map(readType))) {
    const names = [...new Set(edits.filter((edit) => readType(edit) === type).map(({ fullName }) => fullName))]
    for (const [name, body] of await readComponents(org, type, names)) found.set(`${type}/${name}`, body)
  }
  return found
}

/** As the org has them now, in the order of `edits`. */
export const readNow = async (
  org: OrgConnection,
  edits: readonly ComponentEdit[],
): Promise<readonly (MetadataBody | null)[]> => {
  const found = await readAll(org, edits)
  return edits.map((edit) => found.get(keyOf(edit)) ?? null)
}

/** Several edits of one component are one, in their order. */
const merged = (edits: readonly ComponentEdit[]): readonly ComponentEdit[] => {
  const byComponent = new Map<string, ComponentEdit>()
  for (const edit of edits) {
    const first = byComponent.get(keyOf(edit))
    byComponent.set(keyOf(edit), first === undefined ? edit : { ...first, edit: (body) => edit.edit(first.edit(body)) })
  }
  return [...byComponent.values()]
}

/** Reads and changes nothing. Throws ORG_REFUSED where what is there can't be changed so, ORG_UNAVAILABLE. */
export const prepareChange = async (org: OrgConnection, change: OrgChange): Promise<PreparedChange> => {
  const edits = merged(change.components)
  const now = await readNow(org, edits)
  const components = edits.map((edit, index) => {
    const before = now[index] ?? null
    return { edit, before, after: edit.edit(before) }
  })
  return {
    title: change.title,
    components: components.filter(({ before, after }) => before === null || !sameValue(before, after)),
    records: change.records,
    clicks: change.clicks,
  }
}

/** The org is so already, as far as anybody but a person with a mouse can say. */
export const isEmpty = ({ components, records }: PreparedChange): boolean =>
  components.length === 0 && records.length === 0
