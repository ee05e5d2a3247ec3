/** PermissionSet: a deployment replaces it whole; who it is assigned to is data (PermissionSetAssignment). */
import { insertPermissionSet } from '../../../data/grants.ts'
import { sobjectNamed } from '../../../data/catalogue.ts'
import { recordChange } from '../../../data/setup-audit.ts'
import type { Org } from '../../../state/org.ts'
import { componentType } from '../../component-type.ts'
import { ComponentProblem, flag, present, required, text } from '../../elements.ts'
import { bodyOf, forgetRow, keep } from '../../store.ts'
import { applyPermissions, permissionElements, readPermissions } from './permissions.ts'

const type = 'PermissionSet'

const find = (org: Org, name: string) =>
  org.sql('SELECT * FROM PermissionSet WHERE IsOwnedByProfile = 0 AND Name = ?').get(name)

export const permissionSet = componentType({
  name: type,
  directory: 'permissionsets',
  suffix: 'permissionset',
  since: 22,
  idPrefix: '0PS',
  needs: ['ManageProfilesPermissionsets'],
  elements: { ...permissionElements(type), hasActivationRequired: flag, label: required(text), license: text },
  names: ({ org }) =>
    org
      .sql('SELECT Name FROM PermissionSet WHERE IsOwnedByProfile = 0 ORDER BY Name')
      .all()
      .map((row) => String(row['Name'])),
  recordId: ({ org }, name) => {
    const id = find(org, name)?.['Id']
    return typeof id === 'string' ? id : undefined
  },
  read: ({ org }, name) => {
    const row = find(org, name)
    if (row === undefined) return undefined
    const text = (column: string): string | undefined => (row[column] === null ? undefined : String(row[column]))
    return present({
      ...bodyOf(org, type, name),
      description: text('Description'),
      hasActivationRequired: row['HasActivationRequired'] === 1,
      label: text('Label'),
      userPermissions: undefined,
      objectPermissions: undefined,
      fieldPermissions: undefined,
      ...readPermissions(org, String(row['Id'])),
    })
  },
  apply: (context, name, body) => {
    const { org, userId } = context
    const sobject = sobjectNamed(type)
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      throw new ComponentProblem(`The name ${name} can contain only letters, numbers and underscores`)
    const label = String(body['label'])
    const known = find(org, name)
    const id =
      known === undefined ? insertPermissionSet(org, name, label, { permissions: [], objects: {} }) : known['Id']
    if (known === undefined && sobject !== undefined)
      recordChange(org, userId, { sobject, before: null, after: find(org, name) ?? {} })
    org
      .sql('UPDATE PermissionSet SET Label = ?, Description = ?, HasActivationRequired = ? WHERE Id = ?')
      .run(
        label,
        body['description'] === undefined ? null : String(body['description']),
        Number(body['hasActivationRequired'] === true),
        String(id),
      )
    applyPermissions(context, String(id), body, true)
    const { userPermissions: _u, objectPermissions: _o, fieldPermissions: _f, ...rest } = body
    keep(context, permissionSet, name, rest)
  },
  remove: ({ org, userId }, name) => {
    const row = find(org, name)
    const sobject = sobjectNamed(type)
    if (row === undefined || sobject === undefined) return
    const id = String(row['Id'])
    if (org.sql('SELECT 1 FROM PermissionSetAssignment WHERE PermissionSetId = ?').get(id) !== undefined)
      throw new ComponentProblem(`The permission set ${name} is assigned to users and can’t be deleted`, {
        statusCode: 'DELETE_FAILED',
      })
    for (const [table, column] of [
      ['ObjectPermissions', 'ParentId'],
      ['FieldPermissions', 'ParentId'],
      ['SetupEntityAccess', 'ParentId'],
      ['PermissionSet', 'Id'],
    ] as const)
      org.sql(`DELETE FROM ${table} WHERE ${column} = ?`).run(id)
    recordChange(org, userId, { sobject, before: row, after: null })
    forgetRow(org, type, name)
  },
})
