/** Settings members that say how the org lets apps in: ConnectedApp, OauthOidc, ExternalClientApp, MyDomain. */
import type { OrgSettings } from '../../../state/settings.ts'
import type { Json, JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, flagAt, text } from '../../elements.ts'
import type { SettingsMember } from './settings-member.ts'

/** Checkboxes of a member that are booleans of the org; others are only kept. */
function flags(
  elements: SettingsMember['elements'],
  name: string,
  linked: Readonly<Record<string, keyof OrgSettings>>,
  initial: JsonObject,
): SettingsMember {
  return {
    name,
    elements,
    read: (settings, kept) => ({
      ...initial,
      ...kept,
      ...Object.fromEntries(Object.entries(linked).map(([element, setting]) => [element, settings[setting] as Json])),
    }),
    change: (body) =>
      Object.fromEntries(
        Object.entries(linked).flatMap(([element, setting]) => {
          const value = flagAt(body, element)
          return value === undefined ? [] : [[setting, value]]
        }),
      ),
  }
}

export const oauthOidcMember = flags(
  all(
    flag,
    'agentAuthLinking',
    'blockOAuthUnPwFlow',
    'blockOAuthUsrAgtFlow',
    'isPkceRequired',
    'oAuthCdCrdtFlowEnable',
  ),
  'OauthOidc',
  { blockOAuthUnPwFlow: 'passwordFlowBlocked', isPkceRequired: 'pkceRequired' },
  { agentAuthLinking: false, blockOAuthUsrAgtFlow: true, oAuthCdCrdtFlowEnable: false },
)

export const externalClientAppMember = flags(
  all(
    flag,
    'enableClientSecretInRestApiAccess',
    'enableConsumerSecretApiAccess',
    'enableExternalClientApps',
    'enablePackageEcaOauthFromDevOrg',
  ),
  'ExternalClientApp',
  {
    enableClientSecretInRestApiAccess: 'consumerSecretsByRest',
    enableConsumerSecretApiAccess: 'consumerSecretsByMetadata',
  },
  { enablePackageEcaOauthFromDevOrg: false },
)

export const myDomainMember = flags(
  {
    ...all(flag, 'canOnlyLoginWithMyDomainUrl', 'doesApiLoginRequireOrgDomain', 'isInstancedApiTrafficBlocked'),
    ...all(flag, 'enableNativeBrowserForAuthOnAndroid', 'enableNativeBrowserForAuthOnIos'),
    ...all(flag, 'useStabilizedMyDomainHostnames', 'useStabilizedSandboxMyDomainHostnames'),
    ...all(text, 'myDomainName', 'myDomainSuffix'),
  },
  'MyDomain',
  {},
  { canOnlyLoginWithMyDomainUrl: false, doesApiLoginRequireOrgDomain: false },
)

/** Three states: true, false, and absent where Support has not provisioned API Access Control. */
export const connectedAppMember: SettingsMember = {
  name: 'ConnectedApp',
  elements: all(
    flag,
    'enableAdminApprovedAppsOnly',
    'enableAdminApprovedAppsOnlyForExternalUser',
    'enableSkipUserProvisioningWizardWelcomePage',
  ),
  read: ({ apiAccessControl }, { enableAdminApprovedAppsOnlyForExternalUser: external, ...kept }) => ({
    enableSkipUserProvisioningWizardWelcomePage: false,
    ...kept,
    ...(apiAccessControl === 'not-provisioned'
      ? {}
      : {
          enableAdminApprovedAppsOnly: apiAccessControl === 'on',
          enableAdminApprovedAppsOnlyForExternalUser: external ?? false,
        }),
  }),
  change: (body, { apiAccessControl }) => {
    const wanted = flagAt(body, 'enableAdminApprovedAppsOnly')
    if (wanted === undefined) return {}
    if (apiAccessControl === 'not-provisioned')
      throw new ComponentProblem('API Access Control isn’t enabled for this organization')
    return { apiAccessControl: wanted ? 'on' : 'off' }
  },
}
