/** Every sobject of the org, found by name in any case, by key prefix, and by who points at whom. */
import type { Field } from './field.ts'
import { account } from './objects/account.ts'
import { appMenuItem, connectedApplication, externalClientApplication, oauthToken } from './objects/apps.ts'
import { contact } from './objects/contact.ts'
import {
  fieldPermissions,
  objectPermissions,
  organization,
  permissionSet,
  permissionSetAssignment,
  profile,
  setupEntityAccess,
} from './objects/permissions.ts'
import { lead, opportunity } from './objects/sales.ts'
import { invoice, supportCase, task } from './objects/service.ts'
import {
  authSession,
  loginHistory,
  setupAuditTrail,
  twoFactorMethodsInfo,
  verificationHistory,
} from './objects/sign-in.ts'
import { user, userLicense, userLogin } from './objects/user.ts'
import type { SObject } from './sobject.ts'

export const catalogue: readonly SObject[] = [
  account,
  appMenuItem,
  authSession,
  connectedApplication,
  contact,
  externalClientApplication,
  fieldPermissions,
  invoice,
  lead,
  loginHistory,
  oauthToken,
  objectPermissions,
  opportunity,
  organization,
  permissionSet,
  permissionSetAssignment,
  profile,
  setupAuditTrail,
  setupEntityAccess,
  supportCase,
  task,
  twoFactorMethodsInfo,
  user,
  userLicense,
  userLogin,
  verificationHistory,
]

const byName = new Map(catalogue.map((sobject) => [sobject.name.toLowerCase(), sobject]))
const byPrefix = new Map(
  catalogue.flatMap((sobject) => (sobject.keyPrefix === null ? [] : [[sobject.keyPrefix, sobject] as const])),
)
const fieldIndex = new Map(
  catalogue.map((sobject) => [sobject, new Map(sobject.fields.map((field) => [field.name.toLowerCase(), field]))]),
)

export const sobjectNamed = (name: string): SObject | undefined => byName.get(name.toLowerCase())

export const sobjectOfId = (id: string): SObject | undefined => byPrefix.get(id.slice(0, 3))

export const fieldNamed = (sobject: SObject, name: string): Field | undefined =>
  fieldIndex.get(sobject)?.get(name.toLowerCase())

export interface ChildRelationship {
  readonly child: SObject
  readonly field: Field
}

const children = new Map<string, readonly ChildRelationship[]>(
  catalogue.map((parent) => [
    parent.name,
    catalogue.flatMap((child) =>
      child.fields.filter((field) => field.referenceTo.includes(parent.name)).map((field) => ({ child, field })),
    ),
  ]),
)

export const childrenOf = (parent: SObject): readonly ChildRelationship[] => children.get(parent.name) ?? []
