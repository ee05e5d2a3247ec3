/**
 * What an integration is to be allowed, object by object and field by field, as people write it: `Account:read,create`,
 * `Account.Industry:edit`. Deleting, and seeing or changing all records, can't be said: no integration gets that here.
 */
import { KeyturnError } from '@keyturn/tokens'

const objectRights = ['read', 'create', 'edit'] as const
export type ObjectRight = (typeof objectRights)[number]
type FieldWish = 'read' | 'edit'

export interface ObjectWish {
  readonly object: string
  readonly rights: readonly ObjectRight[]
}

export interface FieldOfWish {
  readonly object: string
  readonly field: string
  readonly right: FieldWish
}

export interface AccessWish {
  readonly objects: readonly ObjectWish[]
  readonly fields: readonly FieldOfWish[]
}

const apiName = /^[A-Za-z]\w{0,79}$/
const never: Readonly<Record<string, string>> = {
  delete: 'an integration that can delete can empty the org; mark records instead, and let a person delete them',
  viewall: 'seeing all records is for administrators; share the records with the integration’s user',
  modifyall: 'changing all records is for administrators; share the records with the integration’s user',
}

const bad = (text: string, why: string, fix: string): KeyturnError =>
  new KeyturnError('BAD_ARGUMENT', `"${text.slice(0, 120)}": ${why}`, { fix })

const objectFix = 'Write OBJECT:RIGHTS with read, create, edit, e.g. Account:read,create'
const fieldFix = 'Write OBJECT.FIELD:RIGHT with read or edit, e.g. Account.Industry:edit'

const isObjectRight = (text: string): text is ObjectRight => (objectRights as readonly string[]).includes(text)

const parseObject = (text: string): ObjectWish => {
  const [object = '', rights = '', ...more] = text.trim().split(':')
  if (!apiName.test(object) || more.length > 0) throw bad(text, 'that is no object with rights', objectFix)
  const asked = rights
    .toLowerCase()
    .split(/[,+]/)
    .map((one) => one.trim())
    .map((one) => (one === 'update' ? 'edit' : one))
  const refused = asked.find((one) => Object.hasOwn(never, one.replace(/[-_ ]/g, '')))
  if (refused !== undefined) throw bad(text, never[refused.replace(/[-_ ]/g, '')] ?? '', objectFix)
  const good = asked.filter(isObjectRight)
  if (good.length !== asked.length) throw bad(text, 'a right is none of read, create, edit', objectFix)
  // The platform refuses the others without it.
  return { object, rights: objectRights.filter((right) => right === 'read' || good.includes(right)) }
}

/** `Account.Industry`. */
export const parseFieldName = (text: string): { readonly object: string; readonly field: string } => {
  const [object = '', field = '', ...more] = text.trim().split('.')
  if (!apiName.test(object) || !apiName.test(field) || more.length > 0)
    throw bad(text, 'that is no field of an object', fieldFix)
  return { object, field }
}

const parseField = (text: string): FieldOfWish => {
  const [path = '', right = 'read', ...more] = text.trim().split(':')
  if (more.length > 0 || (right !== 'read' && right !== 'edit')) throw bad(text, 'a right is read or edit', fieldFix)
  return { ...parseFieldName(path), right }
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** Each object and field once, with all its rights; a field of an object that isn't named is a mistake. */
export const accessWish = (objects: readonly string[], fields: readonly string[]): AccessWish => {
  const byObject = new Map<string, ObjectWish>()
  for (const { object, rights } of objects.map(parseObject)) {
    const key = object.toLowerCase()
    const was = byObject.get(key)
    const all = new Set([...(was?.rights ?? []), ...rights])
    byObject.set(key, { object: was?.object ?? object, rights: objectRights.filter((right) => all.has(right)) })
  }
  const byField = new Map<string, FieldOfWish>()
  for (const wish of fields.map(parseField)) {
    const object = byObject.get(wish.object.toLowerCase())
    const path = `${wish.object}.${wish.field}`
    if (object === undefined)
      throw bad(path, `its object is not named`, `Add --object ${wish.object}:read, or leave the field out.`)
    if (wish.right === 'edit' && !object.rights.some((right) => right !== 'read'))
      throw bad(
        path,
        `${object.object} may only be read`,
        `Add --object ${wish.object}:edit, or ask to read the field.`,
      )
    const key = path.toLowerCase()
    const was = byField.get(key)
    byField.set(key, { ...wish, right: was?.right === 'edit' ? 'edit' : wish.right })
  }
  return { objects: [...byObject.values()], fields: [...byField.values()] }
}

export const isField =
  (object: string, field: string) =>
  (wish: FieldOfWish): boolean =>
    sameName(wish.object, object) && sameName(wish.field, field)
