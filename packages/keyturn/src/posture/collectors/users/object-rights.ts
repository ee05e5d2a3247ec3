/** What permission sets may do with objects, of some sets: too many rows to read them for everybody. */
import { row } from '../../../org/connection.ts'
import { soqlText } from '../../../org/org-user.ts'
import type { Fact } from '../../fact.ts'
import type { Collecting } from '../../collector.ts'
import { attempt } from '../attempt.ts'
import { seesPermissions } from '../needs.ts'
import { flag, text } from '../cells.ts'

interface ObjectRights {
  readonly delete: readonly string[]
  readonly allRecords: readonly string[]
  readonly allFields: readonly string[]
}

const perQuery = 200

export const readObjectRights = (
  { ask, own }: Pick<Collecting, 'ask' | 'own'>,
  setIds: readonly string[],
): Promise<Fact<(sets: readonly string[]) => ObjectRights>> =>
  attempt({ ...seesPermissions, what: 'permissions on objects' }, own, async () => {
    // Of API 63; the name that isn't there would fail the whole query.
    const fields = setIds.length === 0 ? new Set<string>() : await ask.fields('ObjectPermissions')
    const broad = ['PermissionsDelete', 'PermissionsViewAllRecords', 'PermissionsModifyAllRecords']
    const columns = fields.has('PermissionsViewAllFields') ? [...broad, 'PermissionsViewAllFields'] : broad
    const parts = Array.from({ length: Math.ceil(setIds.length / perQuery) }, (_, n) =>
      setIds.slice(n * perQuery, (n + 1) * perQuery),
    )
    const select = `SELECT ParentId, SobjectType, ${columns.join(', ')} FROM ObjectPermissions`
    const some = columns.map((column) => `${column} = true`).join(' OR ')
    const found = await Promise.all(
      parts.map((ids) => ask.rows(`${select} WHERE ParentId IN (${ids.map(soqlText).join(', ')}) AND (${some})`)),
    )
    const bySet = new Map<string, ObjectRights[]>()
    for (const one of found.flat().map(row)) {
      const object = text(one, 'SobjectType')
      const has = (column: string): readonly string[] => (columns.includes(column) && flag(one, column) ? [object] : [])
      const rights: ObjectRights = {
        delete: has('PermissionsDelete'),
        allRecords: [...has('PermissionsViewAllRecords'), ...has('PermissionsModifyAllRecords')],
        allFields: has('PermissionsViewAllFields'),
      }
      const set = text(one, 'ParentId')
      bySet.set(set, [...(bySet.get(set) ?? []), rights])
    }
    return (sets) => {
      const mine = sets.flatMap((set) => bySet.get(set) ?? [])
      const all = (kind: keyof ObjectRights): readonly string[] =>
        [...new Set(mine.flatMap((rights) => rights[kind]))].toSorted()
      return { delete: all('delete'), allRecords: all('allRecords'), allFields: all('allFields') }
    }
  })
