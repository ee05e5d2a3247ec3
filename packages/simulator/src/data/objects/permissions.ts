/**
 * Profile, PermissionSet, their assignments and the object, field and setup access they grant. Every profile owns a
 * hidden permission set, so one query over assignments covers both.
 */
import { auditFields, checkbox, dateTime, picklist, recordId, reference, text, type Field } from '../field.ts'
import { setupObject } from '../sobject.ts'
import { permissionColumn, userPermissions } from '../user-permissions.ts'

const checkboxes = (): readonly Field[] =>
  userPermissions.map((name) => checkbox(permissionColumn(name), name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')))

const seeSetup = ['ViewSetup', 'AssignPermissionSets', 'ManageProfilesPermissionsets', 'ManageSessionPermissionSets']

export const profile = setupObject({
  name: 'Profile',
  label: 'Profile',
  keyPrefix: '00e',
  api: 'both',
  ownRows: { column: 'Id', unless: ['ViewSetup', 'ViewAllProfiles', 'ManageUsers'], value: 'profile' },
  fields: [
    recordId(),
    text('Name', 'Name', 255, { nameField: true }),
    text('Description', 'Description', 255),
    picklist('UserType', 'User Type', ['Standard', 'Guest']),
    reference('UserLicenseId', 'User License ID', 'UserLicense', 'UserLicense'),
    ...auditFields(),
    ...checkboxes(),
  ],
})

export const permissionSet = setupObject({
  name: 'PermissionSet',
  label: 'Permission Set',
  keyPrefix: '0PS',
  createable: true,
  updateable: true,
  deletable: true,
  visibleTo: seeSetup,
  writableWith: ['ManageProfilesPermissionsets'],
  api: 'both',
  fields: [
    recordId(),
    text('Name', 'Permission Set Name', 80, { nillable: false, nameField: true, unique: true }),
    text('Label', 'Permission Set Label', 80, { nillable: false }),
    text('Description', 'Description', 255),
    checkbox('IsCustom', 'Custom', { createable: false, updateable: false, defaultValue: true }),
    checkbox('IsOwnedByProfile', 'Owned By Profile', { createable: false, updateable: false }),
    checkbox('HasActivationRequired', 'Session Activation Required'),
    picklist('Type', 'Type', ['Regular', 'Profile', 'Group', 'Session', 'Integration', 'Standard'], {
      createable: false,
      updateable: false,
      defaultValue: 'Regular',
    }),
    reference('ProfileId', 'Profile ID', 'Profile', 'Profile', { createable: false, updateable: false }),
    reference('LicenseId', 'License ID', 'UserLicense', 'License'),
    text('NamespacePrefix', 'Namespace Prefix', 15, { createable: false, updateable: false }),
    ...auditFields(),
    ...checkboxes(),
  ],
})

export const permissionSetAssignment = setupObject({
  name: 'PermissionSetAssignment',
  label: 'Permission Set Assignment',
  keyPrefix: '0Pa',
  createable: true,
  deletable: true,
  visibleTo: [...seeSetup, 'ManageUsers'],
  writableWith: ['AssignPermissionSets', 'ManageUsers'],
  fields: [
    recordId(),
    reference('PermissionSetId', 'PermissionSet ID', 'PermissionSet', 'PermissionSet', {
      nillable: false,
      childRelationshipName: 'Assignments',
    }),
    reference('AssigneeId', 'Assignee ID', 'User', 'Assignee', {
      nillable: false,
      childRelationshipName: 'PermissionSetAssignments',
    }),
    dateTime('ExpirationDate', 'Expiration Date'),
    checkbox('IsActive', 'Is Active', { createable: false, updateable: false, defaultValue: true }),
    dateTime('SystemModstamp', 'System Modstamp', { createable: false, updateable: false }),
  ],
})

export const objectPermissions = setupObject({
  name: 'ObjectPermissions',
  label: 'Object Permissions',
  labelPlural: 'Object Permissions',
  keyPrefix: '110',
  createable: true,
  updateable: true,
  deletable: true,
  visibleTo: seeSetup,
  writableWith: ['ManageProfilesPermissionsets'],
  fields: [
    recordId(),
    reference('ParentId', 'Parent ID', 'PermissionSet', 'Parent', {
      nillable: false,
      updateable: false,
      childRelationshipName: 'ObjectPerms',
      cascadeDelete: true,
    }),
    text('SobjectType', 'SObject Type Name', 40, { nillable: false, updateable: false }),
    checkbox('PermissionsCreate', 'Create Records'),
    checkbox('PermissionsRead', 'Read Records'),
    checkbox('PermissionsEdit', 'Edit Records'),
    checkbox('PermissionsDelete', 'Delete Records'),
    checkbox('PermissionsViewAllRecords', 'Read All Records'),
    checkbox('PermissionsModifyAllRecords', 'Edit All Records'),
    checkbox('PermissionsViewAllFields', 'View All Fields'),
    ...auditFields(),
  ],
})

export const fieldPermissions = setupObject({
  name: 'FieldPermissions',
  label: 'Field Permissions',
  labelPlural: 'Field Permissions',
  keyPrefix: '01k',
  createable: true,
  updateable: true,
  deletable: true,
  visibleTo: seeSetup,
  writableWith: ['ManageProfilesPermissionsets'],
  fields: [
    recordId(),
    reference('ParentId', 'Parent ID', 'PermissionSet', 'Parent', {
      nillable: false,
      updateable: false,
      childRelationshipName: 'FieldPerms',
      cascadeDelete: true,
    }),
    text('SobjectType', 'SObject Type Name', 40, { nillable: false, updateable: false }),
    text('Field', 'Field Name', 255, { nillable: false, updateable: false }),
    checkbox('PermissionsEdit', 'Edit Field'),
    checkbox('PermissionsRead', 'Read Field'),
    dateTime('SystemModstamp', 'System Modstamp', { createable: false, updateable: false }),
  ],
})

export const setupEntityAccess = setupObject({
  name: 'SetupEntityAccess',
  label: 'Setup Entity Access',
  labelPlural: 'Setup Entity Access',
  keyPrefix: '0J0',
  createable: true,
  deletable: true,
  visibleTo: ['ViewSetup'],
  writableWith: ['ManageProfilesPermissionsets'],
  fields: [
    recordId(),
    reference('ParentId', 'Parent ID', 'PermissionSet', 'Parent', {
      nillable: false,
      childRelationshipName: 'SetupEntityAccessItems',
      cascadeDelete: true,
    }),
    reference('SetupEntityId', 'Setup Entity ID', 'ConnectedApplication', null, { nillable: false }),
    picklist('SetupEntityType', 'Setup Entity Type', ['ConnectedApplication', 'ExternalClientApplication'], {
      createable: false,
      defaultValue: 'ConnectedApplication',
    }),
    dateTime('SystemModstamp', 'System Modstamp', { createable: false, updateable: false }),
  ],
})

export const organization = setupObject({
  name: 'Organization',
  label: 'Organization',
  keyPrefix: '00D',
  api: 'both',
  fields: [
    recordId(),
    text('Name', 'Name', 80, { nameField: true }),
    text('PrimaryContact', 'Primary Contact', 80),
    picklist('OrganizationType', 'Edition', ['Enterprise Edition', 'Developer Edition', 'Unlimited Edition']),
    text('InstanceName', 'Instance Name', 5),
    checkbox('IsSandbox', 'Is Sandbox'),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    picklist('LanguageLocaleKey', 'Language', ['en_US'], { defaultValue: 'en_US' }),
    picklist('DefaultLocaleSidKey', 'Locale', ['en_US'], { defaultValue: 'en_US' }),
    picklist('TimeZoneSidKey', 'Time Zone', ['GMT'], { defaultValue: 'GMT' }),
    dateTime('TrialExpirationDate', 'Trial Expiration Date'),
    ...auditFields(),
  ],
})
