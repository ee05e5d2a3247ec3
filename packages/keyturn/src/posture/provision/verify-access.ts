/**
 * What an integration user really may, asked as that user: the rights `keyturn fields` shows, field by field, and
 * whatever it sees or may do beyond what was asked for. Describe has no flag for access: what can't be read is absent.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { FieldRight, Keyturn } from '@keyturn/tokens'
import { row, rows } from '../../org/connection.ts'
import type { OrgConnection } from '../../org/connection.ts'
import type { KnownAccess } from './integration-set.ts'

export interface AccessFound {
  /** Asked for, and not there. */
  readonly missing: readonly string[]
  /** There, and never asked for: another permission set, or the profile. */
  readonly tooMuch: readonly string[]
  readonly objects: number
  readonly fields: number
}

const rightsOf = (right: 'read' | 'edit', object: readonly string[]): readonly FieldRight[] =>
  right === 'read'
    ? ['read']
    : [
        'read',
        ...(object.includes('create') ? (['create'] as const) : []),
        ...(object.includes('edit') ? (['update'] as const) : []),
      ]

/** `asUser` signs in as the integration user; throws BAD_ARGUMENT where it is somebody else. */
export const requireUser = async (asUser: OrgConnection, orgId: string, username: string): Promise<void> => {
  const who = await asUser.whoAmI()
  if (who.username.toLowerCase() === username.toLowerCase() && who.orgId === orgId) return
  throw new KeyturnError('BAD_ARGUMENT', `The grant ${asUser.grant} signs in as somebody else than ${username}`, {
    fix: `Connect one that does (\`keyturn connect NAME --client-credentials\` for an app that runs as it).`,
  })
}

/** Objects of the business that an integration user sees although nobody asked: only what may be changed is named. */
const elsewhere = async (asUser: OrgConnection, asked: readonly string[]): Promise<readonly string[]> =>
  rows(row(await asUser.rest('GET', '/sobjects'))['sobjects']).flatMap((object) => {
    const name = String(object['name'])
    if (asked.includes(name) || object['layoutable'] !== true) return []
    const may = ['createable', 'updateable', 'deletable'].filter((right) => object[right] === true)
    return may.length === 0 ? [] : [`${name} (${may.join(', ')})`]
  })

export const verifyAccess = async (
  keyturn: Pick<Keyturn, 'fields'>,
  asUser: OrgConnection,
  { objects, fields, always }: KnownAccess,
): Promise<AccessFound> => {
  const missing: string[] = []
  const tooMuch: string[] = []
  for (const { object, rights } of objects) {
    const found = await keyturn.fields(asUser.grant, object)
    const has = { read: found.readable, create: found.createable, edit: found.updateable }
    for (const right of ['read', 'create', 'edit'] as const) {
      if (rights.includes(right) && !has[right]) missing.push(`${object}: ${right}`)
      if (!rights.includes(right) && has[right]) tooMuch.push(`${object}: ${right}`)
    }
    if (found.deletable) tooMuch.push(`${object}: delete`)
    const mine = fields.filter((one) => one.object === object)
    const wanted = [...mine, ...always.filter((one) => one.object === object)]
    const required = Object.fromEntries(wanted.map(({ field, right }) => [field, rightsOf(right, rights)]))
    missing.push(...found.missing(required).map(({ field, right }) => `${object}.${field}: ${right}`))
    const described = rows(row(await asUser.rest('GET', `/sobjects/${encodeURIComponent(object)}/describe`))['fields'])
    const named = new Map(mine.map(({ field, right }) => [field, right]))
    for (const one of described) {
      const field = String(one['name'])
      const whole = one['compoundFieldName']
      if (one['permissionable'] !== true) continue
      const right = named.get(field) ?? (typeof whole === 'string' ? named.get(whole) : undefined)
      if (right === undefined) tooMuch.push(`${object}.${field}: read`)
      else if (right === 'read' && (one['createable'] === true || one['updateable'] === true))
        tooMuch.push(`${object}.${field}: edit`)
    }
  }
  const others = await elsewhere(
    asUser,
    objects.map(({ object }) => object),
  )
  return { missing, tooMuch: [...tooMuch, ...others], objects: objects.length, fields: fields.length }
}
