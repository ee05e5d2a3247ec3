/** The tables of an org, made from the declarations: one per sobject, one column per field, indexes where queries go. */
import type { SimOrg } from '../route.ts'
import { catalogue } from './catalogue.ts'
import type { Field } from './field.ts'
import type { SObject } from './sobject.ts'
import { isNumeric } from './values.ts'

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

function columnType(field: Field): string {
  if (field.type === 'boolean') return 'INTEGER'
  if (field.type === 'int') return 'INTEGER'
  if (isNumeric(field)) return 'REAL'
  // Ids are case-sensitive, and nobody writes dates in another case; all other text compares as Salesforce does.
  if (['id', 'reference', 'date', 'datetime'].includes(field.type) || field.caseSensitive) return 'TEXT'
  return 'TEXT COLLATE NOCASE'
}

function column(sobject: SObject, field: Field): string {
  const declaration = `${quoted(field.name)} ${columnType(field)}`
  if (field.expression !== null) return `${declaration} GENERATED ALWAYS AS (${field.expression}) VIRTUAL`
  if (field.type === 'id' && sobject.storage === 'table') return `${declaration} PRIMARY KEY NOT NULL`
  return field.type === 'boolean' ? `${declaration} NOT NULL DEFAULT 0` : declaration
}

/** Fields that are assembled from others when they are read have no column. */
export const hasColumn = (field: Field): boolean => !['address', 'base64', 'complexvalue'].includes(field.type)

const isIndexed = (field: Field): boolean =>
  (field.type === 'reference' && !['LastModifiedById', 'CreatedById'].includes(field.name)) ||
  field.unique ||
  field.externalId ||
  field.nameField ||
  ['CreatedDate', 'LoginTime', 'SystemModstamp', 'Email'].includes(field.name)

function createTable(sobject: SObject): readonly string[] {
  const table = quoted(sobject.name)
  const columns = sobject.fields.filter(hasColumn)
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (${columns.map((field) => column(sobject, field)).join(', ')})`,
    ...sobject.indexes.map(
      (names) =>
        `CREATE INDEX IF NOT EXISTS ${quoted(`${sobject.name}_${names.join('_')}`)} ON ${table} (${names.map(quoted).join(', ')})`,
    ),
    ...columns
      .filter((field) => sobject.storage === 'table' && isIndexed(field))
      .map((field) => {
        // Deleted records keep their values; only living ones have to differ.
        const living = columns.some((other) => other.name === 'IsDeleted') ? ' WHERE "IsDeleted" = 0' : ''
        const kind = field.unique ? 'UNIQUE INDEX' : 'INDEX'
        const name = quoted(`${sobject.name}_${field.name}`)
        // With the id behind it an index also gives the order that pages are cut by.
        const parts = field.unique ? quoted(field.name) : `${quoted(field.name)}, "Id"`
        return `CREATE ${kind} IF NOT EXISTS ${name} ON ${table} (${parts})${field.unique ? living : ''}`
      }),
  ]
}

/** Who gets another profile holds the other profile's permission set. */
const profileTrigger = `CREATE TRIGGER IF NOT EXISTS user_profile_changed AFTER UPDATE OF "ProfileId" ON "User" BEGIN
  UPDATE "PermissionSetAssignment" SET "PermissionSetId" =
    (SELECT "Id" FROM "PermissionSet" WHERE "ProfileId" = NEW."ProfileId" AND "IsOwnedByProfile" = 1)
  WHERE "AssigneeId" = NEW."Id" AND "PermissionSetId" IN
    (SELECT "Id" FROM "PermissionSet" WHERE "ProfileId" = OLD."ProfileId" AND "IsOwnedByProfile" = 1);
END`

/** Makes every sobject's table; views over the identity side's own tables are made there. */
export function createDataTables(org: SimOrg): void {
  org.db.exec('SAVEPOINT data_tables')
  for (const sobject of catalogue) {
    if (sobject.storage === 'identity') continue
    for (const statement of createTable(sobject)) org.db.exec(statement)
  }
  org.db.exec(profileTrigger)
  org.db.exec('RELEASE data_tables')
}
