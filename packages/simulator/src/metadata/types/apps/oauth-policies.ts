/** ExtlClntAppOauthConfigurablePolicies: what the administrator of this org sets for an external client app's OAuth. */
import type { AppChange } from '../../../state/apps.ts'
import type { AppSettings } from '../../../state/settings.ts'
import { userByName } from '../../../state/users.ts'
import {
  ComponentProblem,
  all,
  flag,
  group,
  integer,
  many,
  oneOf,
  present,
  required,
  text,
  textAt,
} from '../../elements.ts'
import { approvedNames, setApproved } from './app-access.ts'
import { together } from './app-elements.ts'
import { appPart } from './app-part.ts'
import type { PartDeclaration } from './app-part.ts'
import { changeByMetadata } from './deploy-app.ts'
import { policyElements, policyFromElements } from './refresh-token-policy.ts'

const relaxations = {
  Enforce: 'ENFORCE',
  Bypass: 'BYPASS',
  Bypass_2factor: 'BYPASS_2FACTOR',
  Enforce_RelaxRefresh: 'ENFORCE_RELAXREFRESH',
} as const satisfies Readonly<Record<string, AppSettings['ipRelaxation']>>

const permitted = { AllSelfAuthorized: 'self', AdminApprovedPreAuthorized: 'admin' } as const

const keyOf = (map: Readonly<Record<string, string>>, value: string): string | undefined =>
  Object.keys(map).find((key) => map[key] === value)

const commas = (value: string): readonly string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

const minute = 60_000

/** What the app's state says; `kept`: what was deployed. */
export const readOauthPolicies: PartDeclaration['read'] = (context, app, kept) => {
  const { settings } = app
  const sets = approvedNames(context, app, 'permission-set').join(', ')
  const profiles = approvedNames(context, app, 'profile').join(', ')
  const {
    refreshTokenPolicyType: _type,
    refreshTokenValidityPeriod: _period,
    refreshTokenValidityUnit: _unit,
    ...rest
  } = kept
  return present({
    isGuestCodeCredFlowEnabled: false,
    isTokenExchangeFlowEnabled: false,
    requiredSessionLevel: 'STANDARD',
    ...rest,
    ...policyElements(settings.refreshTokenPolicy, kept),
    ipRelaxationPolicyType: keyOf(relaxations, settings.ipRelaxation),
    permittedUsersPolicyType: keyOf(permitted, settings.permittedUsers),
    clientCredentialsFlowUser: settings.clientCredentialsUser ?? undefined,
    isClientCredentialsFlowEnabled: settings.clientCredentials && settings.clientCredentialsUser !== null,
    commaSeparatedPermissionSet: sets === '' ? undefined : sets,
    commaSeparatedProfile: profiles === '' ? undefined : profiles,
    sessionTimeoutInMinutes: settings.sessionTimeoutMs === null ? undefined : settings.sessionTimeoutMs / minute,
    namedUserJwtTimeout:
      settings.accessTokenFormat === 'jwt' ? settings.jwtAccessTokenLifetimeMs / minute : rest['namedUserJwtTimeout'],
  })
}

export const oauthPolicies = appPart({
  name: 'ExtlClntAppOauthConfigurablePolicies',
  directory: 'extlClntAppOauthPolicies',
  suffix: 'ecaOauthPlcy',
  since: 59,
  idPrefix: '1za',
  nameEnd: '_oauthPlcy',
  needs: ['CustomizeApplication', 'ExternalClientAppAdmin'],
  elements: {
    ...all(text, 'apexHandler', 'clientCredentialsFlowUser', 'executeHandlerAs', 'singleLogoutUrl', 'startUrl'),
    ...all(text, 'commaSeparatedCustomScopes', 'commaSeparatedPermissionSet', 'commaSeparatedProfile'),
    ...all(flag, 'isClientCredentialsFlowEnabled', 'isGuestCodeCredFlowEnabled', 'isTokenExchangeFlowEnabled'),
    ...all(integer, 'guestJwtTimeout', 'namedUserJwtTimeout', 'refreshTokenValidityPeriod', 'sessionTimeoutInMinutes'),
    isNamedUserJwtEnabled: flag,
    ...all(oneOf('JwtSessionTimeoutType', 'UserSession', 'Custom'), 'guestJwtSessionTimeoutType'),
    ...all(oneOf('JwtSessionTimeoutType', 'UserSession', 'Custom'), 'namedUserJwtSessionTimeoutType'),
    ipRelaxationPolicyType: oneOf('IpRelaxationPolicyType', ...Object.keys(relaxations)),
    permittedUsersPolicyType: oneOf('PermittedUsersPolicyType', ...Object.keys(permitted)),
    policyAction: oneOf('PolicyAction', 'Block', 'RaiseSessionLevel', 'StepUpMFA'),
    refreshTokenPolicyType: oneOf(
      'RefreshTokenPolicyType',
      'Infinite',
      'Zero',
      'SpecificLifetime',
      'SpecificInactivity',
    ),
    refreshTokenValidityUnit: oneOf('RefreshTokenValidityUnit', 'Days', 'Hours', 'Months'),
    requiredSessionLevel: oneOf('RequiredSessionLevel', 'LOW', 'STANDARD', 'HIGH_ASSURANCE'),
    customAttributes: many(group('ExtlClntAppOauthPoliciesAttribute', all(required(text), 'formula', 'key'))),
  },
  read: readOauthPolicies,
  apply: (context, app, body) => {
    if (body['isNamedUserJwtEnabled'] !== undefined && (context.version < 61 || context.version > 63))
      throw new ComponentProblem(
        'Element {http://soap.sforce.com/2006/04/metadata}isNamedUserJwtEnabled invalid at this location in type ExtlClntAppOauthConfigurablePolicies',
        { structural: true },
      )
    const changes: AppChange[] = []
    const set = (settings: Readonly<Record<string, unknown>>): number => changes.push({ settings })
    const relaxation = textAt(body, 'ipRelaxationPolicyType')
    if (relaxation !== undefined) set({ ipRelaxation: relaxations[relaxation as keyof typeof relaxations] })
    const users = textAt(body, 'permittedUsersPolicyType')
    if (users !== undefined) set({ permittedUsers: permitted[users as keyof typeof permitted] })
    const policy = policyFromElements(body)
    if (policy !== undefined) set({ refreshTokenPolicy: policy })
    const timeout = body['sessionTimeoutInMinutes']
    if (typeof timeout === 'number') set({ sessionTimeoutMs: timeout * minute })
    const jwt = body['namedUserJwtTimeout']
    if (typeof jwt === 'number') set({ jwtAccessTokenLifetimeMs: jwt * minute })
    const user = textAt(body, 'clientCredentialsFlowUser')
    if (user !== undefined) {
      if (userByName(context.org, user) === undefined)
        throw new ComponentProblem(`In field: clientCredentialsFlowUser - no User named ${user} found`, {
          statusCode: 'INVALID_CROSS_REFERENCE_KEY',
        })
      set({ clientCredentialsUser: user })
    }
    if (body['isClientCredentialsFlowEnabled'] === false) set({ clientCredentialsUser: null })
    changeByMetadata(context, app, together(changes))
    const sets = textAt(body, 'commaSeparatedPermissionSet')
    if (sets !== undefined) setApproved(context, app, 'permission-set', 'commaSeparatedPermissionSet', commas(sets))
    const profiles = textAt(body, 'commaSeparatedProfile')
    if (profiles !== undefined) setApproved(context, app, 'profile', 'commaSeparatedProfile', commas(profiles))
    return body
  },
})
