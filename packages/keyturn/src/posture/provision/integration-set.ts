/**
 * The permission set of an integration: exactly the objects and fields that were named, nothing that deletes or sees all.
 * Required fields have no switch of their own (they come with the object) and a deployment that names one is refused.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json } from '@keyturn/tokens'
import { row, rows } from '../../org/connection.ts'
import type { OrgConnection } from '../../org/connection.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import type { AccessWish, FieldOfWish } from './access-wish.ts'

/** By the names the org has for them; fields that come with their object are apart. */
export interface KnownAccess extends AccessWish {
  readonly always: readonly FieldOfWish[]
}

const named = (all: Json | undefined, name: string) =>
  rows(all).find((one) => String(one['name'] ?? '').toLowerCase() === name.toLowerCase())

/** Asks the org whether all that is there. Throws BAD_ARGUMENT with everything that isn't. */
export const knownAccess = async (org: OrgConnection, wish: AccessWish): Promise<KnownAccess> => {
  const wrong: string[] = []
  const objects: AccessWish['objects'][number][] = []
  const fields: FieldOfWish[] = []
  const always: FieldOfWish[] = []
  for (const one of wish.objects) {
    const answer = await org.send('GET', `/sobjects/${encodeURIComponent(one.object)}/describe`)
    const described = row(answer.body)
    if (answer.status >= 400) {
      wrong.push(`${one.object} is no object that this user sees`)
      continue
    }
    const object = String(described['name'])
    objects.push({ ...one, object })
    for (const field of wish.fields.filter((each) => each.object.toLowerCase() === one.object.toLowerCase())) {
      const found = named(described['fields'], field.field)
      const path = `${object}.${field.field}`
      if (found === undefined) wrong.push(`${path} is no field that this user sees`)
      else if (field.right === 'edit' && found['updateable'] !== true && found['createable'] !== true)
        wrong.push(`${path} is written by Salesforce alone: ask to read it`)
      else (found['permissionable'] === true ? fields : always).push({ ...field, object, field: String(found['name']) })
    }
  }
  if (wrong.length > 0)
    throw new KeyturnError('BAD_ARGUMENT', wrong.join('; '), {
      fix: '`keyturn fields NAME OBJECT` lists what there is.',
    })
  return { objects, fields, always }
}

/** Of a set that is there, rights of the same name are replaced, too: it is this integration’s own. */
export const integrationSet = (name: string, purpose: string, { objects, fields }: AccessWish): ComponentEdit => ({
  type: 'PermissionSet',
  fullName: name,
  edit: (body) => ({
    ...body,
    description: purpose,
    hasActivationRequired: false,
    label: body?.['label'] ?? name.replaceAll('_', ' '),
    objectPermissions: objects.map(({ object, rights }) => ({
      allowCreate: rights.includes('create'),
      allowDelete: false,
      allowEdit: rights.includes('edit'),
      allowRead: true,
      modifyAllRecords: false,
      object,
      viewAllFields: false,
      viewAllRecords: false,
    })),
    fieldPermissions: fields.map(({ object, field, right }) => ({
      editable: right === 'edit',
      field: `${object}.${field}`,
      readable: true,
    })),
  }),
})
