/** Every metadata type of the org, in the order in which a deployment handles them: what others refer to comes first. */
import type { ComponentType, Context } from './component-type.ts'
import { permissionSet } from './types/access/permission-set.ts'
import { profilePasswordPolicy } from './types/access/profile-password-policy.ts'
import { profile } from './types/access/profile.ts'
import { appPolicies } from './types/apps/app-policies.ts'
import { connectedApp } from './types/apps/connected-app.ts'
import { externalClientApplication } from './types/apps/external-client-app.ts'
import { globalOauthSettings } from './types/apps/global-oauth-settings.ts'
import { oauthPolicies } from './types/apps/oauth-policies.ts'
import { oauthSecurity } from './types/apps/oauth-security.ts'
import { oauthSettings } from './types/apps/oauth-settings.ts'
import { settings, settingsMemberOf } from './types/settings/settings.ts'
import { certificate } from './types/stored/certificate.ts'
import { oauthCustomScope, profileSessionSetting, remoteSiteSetting } from './types/stored/stored-types.ts'

export const componentTypes: readonly ComponentType[] = [
  settings,
  certificate,
  remoteSiteSetting,
  oauthCustomScope,
  permissionSet,
  profile,
  profilePasswordPolicy,
  profileSessionSetting,
  connectedApp,
  externalClientApplication,
  oauthSettings,
  globalOauthSettings,
  oauthPolicies,
  appPolicies,
  oauthSecurity,
]

const isKnown = (context: Context, type: ComponentType): boolean =>
  context.version >= type.since && type.isAvailable(context)

export const availableTypes = (context: Context): readonly ComponentType[] =>
  componentTypes.filter((type) => isKnown(context, type))

export const typeNamed = (context: Context, name: string): ComponentType | undefined =>
  componentTypes.find((type) => type.name === name && isKnown(context, type))

/** CRUD calls name settings by the XML type of the member (SecuritySettings), and then its name (Security). */
export function typeOfCall(context: Context, name: string): ComponentType | undefined {
  return settingsMemberOf(name) === undefined ? typeNamed(context, name) : typeNamed(context, 'Settings')
}
