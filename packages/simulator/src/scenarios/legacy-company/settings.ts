/** How the org was set up, and never looked at again. */
import { contextOf } from '../../metadata/context.ts'
import { insertRow as insertComponent } from '../../metadata/store.ts'
import { profile } from '../../metadata/types/access/profile.ts'
import type { JsonObject } from '../../metadata/elements.ts'
import type { OrgSettings } from '../../state/settings.ts'
import { userId } from './world.ts'
import type { World } from './world.ts'

export const weakSettings: Partial<OrgSettings> = {
  passwordMinimumLength: 5,
  passwordComplexity: 'NoRestriction',
  passwordHistory: 0,
  passwordExpiryDays: null,
  passwordQuestionRestriction: 'None',
  lockoutAttempts: null,
  sessionTimeoutMs: 24 * 3_600_000,
  // Loopback, so that who tries the scenario needs no security token; and half the internet.
  trustedAddresses: ['127.0.0.0/8', '::1/128', '203.0.113.0/24', '128.0.0.0/1'],
  consumerSecretsByMetadata: true,
  consumerSecretsByRest: true,
  apiAccessControl: 'off',
  mfaBypassPermission: 'present',
  dailyApiRequests: 100_000,
}

const security: JsonObject = {
  canUsersGrantLoginAccess: true,
  enableAdminLoginAsAnyUser: true,
  passwordPolicies: { obscureSecretAnswer: false },
  sessionSettings: {
    lockSessionsToDomain: false,
    lockSessionsToIp: false,
    enforceIpRangesEveryRequest: false,
    enableMFADirectUILoginOptIn: false,
    canConfirmIdentityBySmsOnly: true,
    enableSMSIdentity: true,
    requireHttpOnly: false,
    enableCSRFOnGet: false,
    enableClickjackNonsetupUser: false,
    enableClickjackNonsetupUserHeaderless: false,
    forceLogoutOnSessionTimeout: false,
    forceRelogin: false,
    identityConfirmationOnTwoFactorRegistrationEnabled: false,
    untrustedRedirect: 'AlwaysAllowed',
  },
}

const components: readonly (readonly [type: string, id: string, fullName: string, body: JsonObject])[] = [
  ['Settings', '0sE', 'Security', security],
  ['Settings', '0sE', 'OauthOidc', { blockOAuthUsrAgtFlow: false, oAuthCdCrdtFlowEnable: true }],
  ['Settings', '0sE', 'MyDomain', { canOnlyLoginWithMyDomainUrl: false, doesApiLoginRequireOrgDomain: false }],
  [
    'RemoteSiteSetting',
    '0rp',
    'Old_Intranet',
    { url: 'http://intranet.legacy.example', isActive: true, disableProtocolSecurity: true },
  ],
  [
    'RemoteSiteSetting',
    '0rp',
    'Erp',
    { url: 'https://erp.legacy.example', isActive: true, disableProtocolSecurity: false },
  ],
  [
    'OauthCustomScope',
    '1CV',
    'erp_orders',
    {
      developerName: 'erp_orders',
      masterLabel: 'ERP orders',
      description: 'Orders',
      isProtected: false,
      isPublic: true,
      assignedTo: 'ERP_Sync',
    },
  ],
]

export function makeSettings(world: World): void {
  const { org } = world
  const by = userId(world, 'gina.gold')
  for (const [type, prefix, fullName, body] of components)
    insertComponent(org, { id: org.ids.id(prefix), type, fullName, body, by })
  // The one profile with login ranges has one that lets everybody in.
  const context = contextOf(org, { orgs: [org], userId: userId(world, 'consultant.old'), version: 66 })
  const everywhere = { startAddress: '0.0.0.0', endAddress: '255.255.255.255', description: 'temporary' }
  profile.apply(context, 'Support Agent', { loginIpRanges: [everywhere] }, undefined)
}
