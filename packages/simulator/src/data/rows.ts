/** Writing rows past all permissions: for the simulator itself, which records logins, sessions and setup changes. */
import type { SimOrg } from '../route.ts'
import { fieldNamed, sobjectNamed } from './catalogue.ts'
import type { SObject } from './sobject.ts'
import { hasField } from './sobject.ts'
import { prepared } from './statements.ts'
import { hasColumn, quoted } from './tables.ts'
import { dateTimeText, toColumn, type SqlValue } from './values.ts'

/** The user that the platform itself acts as. */
export const automatedProcess = 'Automated Process'

export function automatedProcessId(org: SimOrg): string | null {
  const row = prepared(org.db, `SELECT "Id" FROM "User" WHERE "UserType" = 'AutomatedProcess'`).get()
  return typeof row?.['Id'] === 'string' ? row['Id'] : null
}

/** Inserts a row, filling in id, defaults, audit fields and owner. Unknown names are a mistake of the caller. */
export function insertRow(org: SimOrg, sobject: string, values: Readonly<Record<string, unknown>>): string {
  const definition = sobjectNamed(sobject)
  if (definition === undefined) throw new Error(`No sobject ${sobject}`)
  const given = new Map<string, unknown>()
  for (const [name, value] of Object.entries(values)) {
    const field = fieldNamed(definition, name)
    if (field === undefined || !hasColumn(field) || field.expression !== null)
      throw new Error(`${sobject} has no column ${name}`)
    given.set(field.name, value)
  }
  const id = given.get('Id') ?? org.newId(definition.keyPrefix ?? '000')
  if (typeof id !== 'string') throw new TypeError('An Id is text')
  given.set('Id', id)
  for (const [name, value] of stamps(org, definition, given)) if (!given.has(name)) given.set(name, value)

  const columns: string[] = []
  const row: SqlValue[] = []
  for (const field of definition.fields) {
    if (!hasColumn(field) || field.expression !== null) continue
    columns.push(quoted(field.name))
    row.push(toColumn(field, given.has(field.name) ? given.get(field.name) : field.defaultValue))
  }
  const places = columns.map(() => '?').join(', ')
  prepared(org.db, `INSERT INTO ${quoted(definition.name)} (${columns.join(', ')}) VALUES (${places})`).run(...row)
  if (definition.name === 'User') {
    insertRow(org, 'UserLogin', { UserId: id })
    assignProfile(org, id, given.get('ProfileId'))
  }
  return id
}

/** Every user holds the hidden permission set of its profile, by an assignment like any other. */
function assignProfile(org: SimOrg, userId: string, profileId: unknown): void {
  if (typeof profileId !== 'string') return
  const set = prepared(org.db, `SELECT "Id" FROM "PermissionSet" WHERE "ProfileId" = ? AND "IsOwnedByProfile" = 1`)
  const id = set.get(profileId)?.['Id']
  if (typeof id === 'string') insertRow(org, 'PermissionSetAssignment', { AssigneeId: userId, PermissionSetId: id })
}

function stamps(
  org: SimOrg,
  sobject: SObject,
  given: ReadonlyMap<string, unknown>,
): readonly (readonly [string, unknown])[] {
  const now = dateTimeText(org.now())
  const created = given.get('CreatedDate') ?? now
  const all: [string, unknown][] = [
    ['CreatedDate', created],
    ['LastModifiedDate', given.get('LastModifiedDate') ?? created],
    ['SystemModstamp', given.get('LastModifiedDate') ?? created],
  ]
  const userFields = ['CreatedById', 'LastModifiedById', 'OwnerId'].filter((name) => hasField(sobject, name))
  if (userFields.some((name) => !given.has(name))) {
    const creator = given.get('CreatedById') ?? automatedProcessId(org)
    for (const name of userFields) all.push([name, creator])
  }
  if (sobject.name === 'Case') all.push(['CaseNumber', nextCaseNumber(org)])
  return all.filter(([name]) => hasField(sobject, name))
}

function nextCaseNumber(org: SimOrg): string {
  const row = prepared(org.db, `SELECT COUNT(*) AS n FROM "Case"`).get()
  return String(1001 + Number(row?.['n'] ?? 0)).padStart(8, '0')
}
