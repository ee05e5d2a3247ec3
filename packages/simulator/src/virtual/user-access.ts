/** What users may do, as rows: the caller's own permissions, and anybody's access to objects and fields. */
import { accessOf } from '../data/access.ts'
import { catalogue } from '../data/catalogue.ts'
import { canonicalId } from '../data/record-id.ts'
import { permissionColumn, userPermissions } from '../data/user-permissions.ts'
import type { VirtualAsk, VirtualRow } from '../route.ts'
import type { Org } from '../state/org.ts'
import { wantedEntities } from './entities.ts'

export function ownPermissions(org: Org, ask: VirtualAsk): readonly VirtualRow[] {
  const access = accessOf(org, ask.userId)
  const held = userPermissions.map((name) => [permissionColumn(name), access.has(name)] as const)
  return [{ LastCacheUpdate: org.now(), ...Object.fromEntries(held) }]
}

const wantedUsers = ({ wanted }: VirtualAsk): readonly string[] =>
  (wanted.get('userid') ?? []).flatMap((text) => canonicalId(text) ?? [])

const objectsOf = (ask: VirtualAsk) => {
  const named = wantedEntities(ask)
  return named.length > 0 ? named : catalogue
}

export const userEntityAccess = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  wantedUsers(ask).flatMap((UserId) => {
    const access = accessOf(org, UserId)
    return objectsOf(ask).map((sobject) => {
      const { read, create, edit, delete: remove } = access.object(sobject)
      return {
        DurableId: `${sobject.name}.${UserId}`,
        UserId,
        EntityDefinitionId: sobject.name,
        IsReadable: read,
        IsCreatable: create,
        IsEditable: edit,
        IsDeletable: remove,
      }
    })
  })

export const userFieldAccess = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  wantedUsers(ask).flatMap((UserId) => {
    const access = accessOf(org, UserId)
    return objectsOf(ask).flatMap((sobject) => {
      const object = access.object(sobject)
      return sobject.fields.map((field) => {
        const edit = access.canEdit(sobject, field)
        return {
          DurableId: `${sobject.name}.${field.name}.${UserId}`,
          UserId,
          EntityDefinitionId: sobject.name,
          FieldDefinitionId: `${sobject.name}.${field.name}`,
          IsAccessible: object.read && access.canRead(sobject, field),
          IsCreatable: object.create && field.createable && edit,
          IsUpdatable: object.edit && field.updateable && edit,
        }
      })
    })
  })
