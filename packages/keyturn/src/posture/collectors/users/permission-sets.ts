/**
 * Permission sets with the permissions an audit asks for; those of profiles and of groups (their aggregates, from which
 * muted permissions are gone already) included. Which columns there are is asked first: one unknown name fails a query.
 */
import type { Fact } from '../../fact.ts'
import { askedPermissions } from '../../controls/permissions.ts'
import { attempt } from '../attempt.ts'
import { seesPermissions } from '../needs.ts'
import { flag, maybeText, text } from '../cells.ts'
import type { SourceContext } from '../source-context.ts'

export interface HeldSet {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly custom: boolean
  readonly profileId: string | null
  readonly groupId: string | null
  readonly permissions: readonly string[]
}

const prefix = 'Permissions'

/** Names without their prefix, of all that this object has. */
export const permissionNamesOf = (fields: ReadonlySet<string>): readonly string[] =>
  [...fields].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))

export const heldOf = (one: Parameters<typeof flag>[0], names: readonly string[]): readonly string[] =>
  names.filter((name) => flag(one, `${prefix}${name}`))

const asked: readonly string[] = [...new Set<string>(askedPermissions)]

export const readPermissionSets = ({ ask, own }: SourceContext): Promise<Fact<ReadonlyMap<string, HeldSet>>> =>
  attempt(seesPermissions, own, async () => {
    const there = new Set(permissionNamesOf(await ask.fields('PermissionSet')))
    const names = asked.filter((name) => there.has(name))
    const columns = [
      ...['Id', 'Name', 'Label', 'IsCustom', 'ProfileId', 'PermissionSetGroupId', 'NamespacePrefix'],
      ...names.map((name) => `${prefix}${name}`),
    ]
    const found = new Map<string, HeldSet>()
    for (const one of await ask.rows(`SELECT ${columns.join(', ')} FROM PermissionSet`)) {
      const id = text(one, 'Id')
      found.set(id, {
        id,
        name: text(one, 'Name'),
        label: maybeText(one, 'Label') ?? '',
        custom: flag(one, 'IsCustom') && maybeText(one, 'NamespacePrefix') === null,
        profileId: maybeText(one, 'ProfileId'),
        groupId: maybeText(one, 'PermissionSetGroupId'),
        permissions: heldOf(one, names),
      })
    }
    return found
  })
