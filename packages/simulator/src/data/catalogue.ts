/** Every sobject of the org, found by name in any case, by key prefix, and by who points at whom. */
import type { Field } from './field.ts'
import { account } from './objects/account.ts'
import { appMenuItem } from './objects/app-menu-item.ts'
import { authProvider } from './objects/auth-provider.ts'
import { authSession } from './objects/auth-session.ts'
import { certificate } from './objects/certificate.ts'
import { connectedApplication } from './objects/connected-application.ts'
import { contact } from './objects/contact.ts'
import { contentDistribution } from './objects/content-distribution.ts'
import { deployRequest } from './objects/deploy-request.ts'
import { entityDefinition } from './objects/entity-definition.ts'
import { entityParticle } from './objects/entity-particle.ts'
import { eventLogFile } from './objects/event-log-file.ts'
import { externalClientApplication } from './objects/external-client-application.ts'
import { externalCredential } from './objects/external-credential.ts'
import { extlClntAppOauthIpRange } from './objects/extlclntapp-oauth-ip-range.ts'
import { extlClntAppOauthPlcyCnfg } from './objects/extlclntapp-oauth-plcy-cnfg.ts'
import { extlClntAppOauthSettings } from './objects/extlclntapp-oauth-settings.ts'
import { extlClntAppPlcyCnfg } from './objects/extlclntapp-plcy-cnfg.ts'
import { fieldPermissions } from './objects/field-permissions.ts'
import { installedSubscriberPackage } from './objects/installed-subscriber-package.ts'
import { loginGeo } from './objects/login-geo.ts'
import { loginHistory } from './objects/login-history.ts'
import { loginIp } from './objects/login-ip.ts'
import { mutingPermissionSet } from './objects/muting-permission-set.ts'
import { namedCredential } from './objects/named-credential.ts'
import { oauthCustomScopeApp } from './objects/oauth-custom-scope-app.ts'
import { oauthCustomScope } from './objects/oauth-custom-scope.ts'
import { oauthToken } from './objects/oauth-token.ts'
import { objectPermissions } from './objects/object-permissions.ts'
import { organization } from './objects/organization.ts'
import { permissionSetAssignment } from './objects/permission-set-assignment.ts'
import { permissionSetGroupComponent } from './objects/permission-set-group-component.ts'
import { permissionSetGroup } from './objects/permission-set-group.ts'
import { permissionSetLicenseAssign } from './objects/permission-set-license-assign.ts'
import { permissionSetLicense } from './objects/permission-set-license.ts'
import { permissionSet } from './objects/permission-set.ts'
import { profile } from './objects/profile.ts'
import { remoteProxy } from './objects/remote-proxy.ts'
import { opportunity, lead } from './objects/sales.ts'
import { samlSsoConfig } from './objects/saml-sso-config.ts'
import { securityHealthCheckRisks } from './objects/security-health-check-risks.ts'
import { securityHealthCheck } from './objects/security-health-check.ts'
import { securitySettings } from './objects/security-settings.ts'
import { supportCase, task, invoice } from './objects/service.ts'
import { sessionPermSetActivation } from './objects/session-perm-set-activation.ts'
import { setupAuditTrail } from './objects/setup-audit-trail.ts'
import { setupEntityAccess } from './objects/setup-entity-access.ts'
import { twoFactorInfo } from './objects/two-factor-info.ts'
import { twoFactorMethodsInfo } from './objects/two-factor-methods-info.ts'
import { userEntityAccess } from './objects/user-entity-access.ts'
import { userFieldAccess } from './objects/user-field-access.ts'
import { userLicense } from './objects/user-license.ts'
import { userLogin } from './objects/user-login.ts'
import { userPermissionAccess } from './objects/user-permission-access.ts'
import { user } from './objects/user.ts'
import { verificationHistory } from './objects/verification-history.ts'
import type { SObject } from './sobject.ts'

export const catalogue: readonly SObject[] = [
  account,
  appMenuItem,
  authProvider,
  authSession,
  certificate,
  connectedApplication,
  contact,
  contentDistribution,
  deployRequest,
  entityDefinition,
  entityParticle,
  eventLogFile,
  externalClientApplication,
  externalCredential,
  extlClntAppOauthIpRange,
  extlClntAppOauthPlcyCnfg,
  extlClntAppOauthSettings,
  extlClntAppPlcyCnfg,
  fieldPermissions,
  installedSubscriberPackage,
  invoice,
  lead,
  loginGeo,
  loginHistory,
  loginIp,
  mutingPermissionSet,
  namedCredential,
  oauthCustomScope,
  oauthCustomScopeApp,
  oauthToken,
  objectPermissions,
  opportunity,
  organization,
  permissionSet,
  permissionSetAssignment,
  permissionSetGroup,
  permissionSetGroupComponent,
  permissionSetLicense,
  permissionSetLicenseAssign,
  profile,
  remoteProxy,
  samlSsoConfig,
  securityHealthCheck,
  securityHealthCheckRisks,
  securitySettings,
  sessionPermSetActivation,
  setupAuditTrail,
  setupEntityAccess,
  supportCase,
  task,
  twoFactorInfo,
  twoFactorMethodsInfo,
  user,
  userEntityAccess,
  userFieldAccess,
  userLicense,
  userLogin,
  userPermissionAccess,
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

interface ChildRelationship {
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
