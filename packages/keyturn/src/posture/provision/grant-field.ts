/** One field more in one permission set, to read or to edit: nothing else of the set is touched. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { elementsOf, isOn, listOf, readComponent } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { OrgChange } from '../change/org-change.ts'
import { accessWish, parseFieldName } from './access-wish.ts'
import { knownAccess } from './integration-set.ts'
import { ownSet } from './permission-set.ts'
import type { PlannedWidening, WideningItem } from './widening.ts'

type FieldItem = Extract<WideningItem, { readonly is: 'field' }>

const list = (value: MetadataValue): readonly MetadataBody[] => listOf(value).map(elementsOf)

const rightIn = (body: MetadataBody, path: string): FieldItem['before'] => {
  const found = list(body['fieldPermissions']).find((one) => String(one['field']).toLowerCase() === path.toLowerCase())
  if (found === undefined || !isOn(found['readable'])) return 'none'
  return isOn(found['editable']) ? 'edit' : 'read'
}

const withRight = (body: MetadataBody, path: string, right: FieldItem['before']): MetadataBody => {
  const others = list(body['fieldPermissions']).filter(
    (one) => String(one['field']).toLowerCase() !== path.toLowerCase(),
  )
  const mine = right === 'none' ? [] : [{ editable: right === 'edit', field: path, readable: true }]
  return { ...body, fieldPermissions: [...others, ...mine] }
}

const required = (body: MetadataBody | null, name: string): MetadataBody => {
  if (body === null) throw new KeyturnError('ORG_REFUSED', `The org’s metadata shows no permission set ${name}`)
  return body
}

const pathOf = ({ object, field }: FieldItem): string => `${object}.${field}`

export const planField = async (
  org: OrgConnection,
  asked: { readonly permissionSet: string; readonly field: string; readonly right: 'read' | 'edit' },
): Promise<PlannedWidening<FieldItem>> => {
  const { object, field } = parseFieldName(asked.field)
  const set = await ownSet(org, asked.permissionSet)
  const { fields, always } = await knownAccess(
    org,
    accessWish([`${object}:edit`], [`${object}.${field}:${asked.right}`]),
  )
  const [found] = fields
  if (found === undefined)
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `${object}.${always[0]?.field ?? field} comes with the object: it has no switch`,
      {
        fix: 'Whoever may read the object reads it.',
      },
    )
  const body = required(await readComponent(org, { type: 'PermissionSet', fullName: set.name }), set.name)
  const path = `${found.object}.${found.field}`
  const before = rightIn(body, path)
  const item: FieldItem = {
    is: 'field',
    permissionSet: set.name,
    object: found.object,
    field: found.field,
    right: asked.right,
    before,
  }
  const objects = list(body['objectPermissions']).find((one) => one['object'] === found.object)
  const reaches = objects !== undefined && isOn(objects['allowRead'])
  const people = set.holders === 1 ? '1 active user holds it' : `${set.holders} active users hold it`
  return {
    item,
    change: {
      title: `Let ${set.name} ${asked.right} ${path}`,
      components: [
        {
          type: 'PermissionSet',
          fullName: set.name,
          edit: (now) => {
            const right = rightIn(required(now, set.name), path)
            // Never less than there is.
            return right === 'edit' || right === asked.right
              ? required(now, set.name)
              : withRight(required(now, set.name), path, asked.right)
          },
        },
      ],
      records: [],
      clicks: [],
    },
    restricts: [],
    notes: [
      `${set.name}: ${people}`,
      ...(reaches
        ? []
        : [`${set.name} itself does not open ${found.object}: only who has it from elsewhere sees the field`]),
    ],
  }
}

/** Back to what it was, unless somebody gave more meanwhile. */
export const endField = (item: FieldItem): OrgChange => ({
  title: `Take ${pathOf(item)} (${item.right}) back from ${item.permissionSet}`,
  components: [
    {
      type: 'PermissionSet',
      fullName: item.permissionSet,
      edit: (now) => {
        const body = required(now, item.permissionSet)
        return rightIn(body, pathOf(item)) === item.right ? withRight(body, pathOf(item), item.before) : body
      },
    },
  ],
  records: [],
  clicks: [],
})
