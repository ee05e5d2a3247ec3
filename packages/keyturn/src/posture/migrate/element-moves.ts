/**
 * Every element of a connected app's file (Metadata API guide, ConnectedApp) and where it goes in the files of an
 * external client app. What is not in this table is told as not carried: nothing is lost in silence.
 */
import { elementsOf, isOn, listOf, textOf } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { Mover } from './moves.ts'
import { notCarried, otherwise, same, several } from './moves.ts'

const texts = (value: MetadataValue): readonly string[] => listOf(value).flatMap((one) => textOf(one) ?? [])

/** Names in a list of the new app are parted by commas, so none may have one. */
const commas = (value: MetadataValue): string | null => {
  const names = texts(value)
  return names.some((name) => name.includes(',')) ? null : names.join(', ')
}

const byTable =
  (table: Readonly<Record<string, string>>) =>
  (value: MetadataValue): string | null =>
    table[textOf(value) ?? ''] ?? null

const policyKinds: Readonly<Record<string, string>> = { lifetime: 'SpecificLifetime', inactivity: 'SpecificInactivity' }
const policyUnits: Readonly<Record<string, string>> = { HOURS: 'Hours', DAYS: 'Days', MONTHS: 'Months' }

const refreshTokenPolicy = (value: MetadataValue): ReturnType<typeof policySets> | null => {
  const text = textOf(value) ?? ''
  if (text === 'infinite' || text === 'zero') return policySets(text === 'zero' ? 'Zero' : 'Infinite')
  const [, kind = '', count, unit = ''] =
    /^specific_(lifetime|inactivity):([1-9]\d*):(HOURS|DAYS|MONTHS)$/.exec(text) ?? []
  const [type, period] = [policyKinds[kind], policyUnits[unit]]
  return type === undefined || period === undefined ? null : policySets(type, Number(count), period)
}

const policySets = (type: string, count?: number, unit?: string) =>
  [
    ['policies', 'refreshTokenPolicyType', type],
    ...(count === undefined || unit === undefined
      ? []
      : ([
          ['policies', 'refreshTokenValidityPeriod', count],
          ['policies', 'refreshTokenValidityUnit', unit],
        ] as const)),
  ] as const

const ranges = (value: MetadataValue): MetadataValue =>
  listOf(value).map((one) => {
    const { description, start, end } = elementsOf(one)
    return { ...(description === undefined ? {} : { description }), startIpAddress: start, endIpAddress: end }
  })

const assetToken = (value: MetadataValue): readonly (readonly ['oauth', string, MetadataValue])[] => {
  const asset = elementsOf(value)
  const names: Readonly<Record<string, string>> = {
    assetAudiences: 'assetTokenAudiences',
    assetIncludeAttributes: 'areAttributesIncludedInAssetToken',
    assetIncludeCustomPerms: 'areCustomPermsIncludedInAssetToken',
    assetSigningCertId: 'assetTokenSigningCertificate',
    assetValidityPeriod: 'assetTokenValidity',
  }
  return Object.entries(names).flatMap(([from, to]) =>
    asset[from] === undefined ? [] : [['oauth', to, asset[from]] as const],
  )
}

const inSetup = (what: string): string => `In Setup, External Client App Manager, make ${what} anew on the new app.`

export const topLevel: Readonly<Record<string, Mover>> = {
  contactEmail: same('app', 'contactEmail'),
  contactPhone: same('app', 'contactPhone'),
  description: same('app', 'description'),
  iconUrl: same('app', 'iconUrl'),
  infoUrl: same('app', 'infoUrl'),
  logoUrl: same('app', 'logoUrl'),
  attributes: otherwise('oauth', 'customAttributes', (value) => listOf(value), 'custom attributes'),
  ipRanges: otherwise('oauth', 'trustedIpRanges', ranges, 'other names for both ends'),
  permissionSetName: otherwise('policies', 'commaSeparatedPermissionSet', commas, 'one list with commas'),
  profileName: otherwise('policies', 'commaSeparatedProfile', commas, 'one list with commas'),
  startUrl: several('a start page of its own', 'ExtlClntAppConfigurablePolicies.startUrl', (value) => [
    ['switches', 'startPage', 'Custom'],
    ['switches', 'startUrl', value],
  ]),
  canvas: notCarried(
    'canvas is a plug-in of its own, with settings that are no part of these files',
    inSetup('the canvas settings'),
  ),
  canvasConfig: notCarried(
    'canvas is a plug-in of its own, with settings that are no part of these files',
    inSetup('the canvas settings'),
  ),
  mobileAppConfig: notCarried('mobile settings have no counterpart in these files', inSetup('the mobile settings')),
  mobileStartUrl: notCarried(
    'there is one start URL, without another for mobile',
    'Tell users of the mobile start page.',
  ),
  samlConfig: notCarried(
    'SAML is a plug-in of its own, and its metadata is with both sides',
    `${inSetup('the SAML settings')} Give the service its new metadata.`,
  ),
  plugin: notCarried(
    'the Apex class is named by apexHandler there, and that a class works unchanged is documented nowhere',
    'Test the class in a sandbox, then name it in the OAuth policies of the new app.',
  ),
  pluginExecutionUser: notCarried('it goes with the Apex class', 'Set it with the class, as the user it runs as.'),
}

const oauthConfig: Readonly<Record<string, Mover>> = {
  callbackUrl: same('global', 'callbackUrl'),
  certificate: same('global', 'certificate'),
  isConsumerSecretOptional: same('global', 'isConsumerSecretOptional'),
  isIntrospectAllTokens: same('global', 'isIntrospectAllTokens'),
  isNamedUserJwtEnabled: same('global', 'isNamedUserJwtEnabled'),
  isPkceRequired: same('global', 'isPkceRequired'),
  isRefreshTokenRotationEnabled: same('global', 'isRefreshTokenRotationEnabled'),
  isSecretRequiredForRefreshToken: same('global', 'isSecretRequiredForRefreshToken'),
  isSecretRequiredForTokenExchange: same('global', 'isSecretRequiredForTokenExchange'),
  isTokenExchangeEnabled: same('global', 'isTokenExchangeEnabled'),
  isDeviceFlowEnabled: same('global', 'isDeviceFlowEnabled'),
  isDPopEnabled: same('global', 'isDPopEnabled'),
  isEnforceRefreshTokenTTL: same('global', 'isEnforceRefreshTokenTTL'),
  idTokenConfig: same('global', 'idTokenConfig'),
  isCodeCredentialEnabled: otherwise('global', 'isCodeCredFlowEnabled', (value) => isOn(value), 'another name'),
  isCodeCredentialPostOnly: otherwise('global', 'isCodeCredPostOnly', (value) => isOn(value), 'another name'),
  isAdminApproved: otherwise(
    'policies',
    'permittedUsersPolicyType',
    (value) => (isOn(value) ? 'AdminApprovedPreAuthorized' : 'AllSelfAuthorized'),
    'a choice instead of a checkbox',
  ),
  isClientCredentialEnabled: several(
    'two switches: of the developer and of the administrator',
    'ExtlClntAppGlobalOauthSettings.isClientCredentialsFlowEnabled and the policies',
    (value) => [
      ['global', 'isClientCredentialsFlowEnabled', isOn(value)],
      ['policies', 'isClientCredentialsFlowEnabled', isOn(value)],
    ],
  ),
  oauthClientCredentialUser: otherwise('policies', 'clientCredentialsFlowUser', textOf, 'another name'),
  scopes: otherwise('oauth', 'commaSeparatedOauthScopes', commas, 'one list with commas'),
  singleLogoutUrl: same('oauth', 'singleLogoutUrl'),
  assetTokenConfig: several('other names', 'ExtlClntAppOauthSettings.assetToken…', assetToken),
  consumerKey: notCarried(
    'a consumer key is unique, and the old app keeps its own as long as it is there: the new app has another one',
    'Give every client the new key and secret; people sign in again, for refresh tokens belong to the old key.',
  ),
  consumerSecret: notCarried('it is shown by no API, and belongs to the old key', 'Give every client the new one.'),
  isIpBindingEnabled: notCarried(
    'no element of external client apps is known for it',
    'Look for it in the app’s security settings in Setup.',
  ),
  isPKImTLSEnabled: notCarried(
    'that isMtlsEnabled means the same is documented nowhere',
    'Switch mutual TLS on in Setup, and test it in a sandbox.',
  ),
}

const oauthPolicy: Readonly<Record<string, Mover>> = {
  ipRelaxation: otherwise(
    'policies',
    'ipRelaxationPolicyType',
    byTable({
      ENFORCE: 'Enforce',
      BYPASS: 'Bypass',
      BYPASS_2FACTOR: 'Bypass_2factor',
      ENFORCE_RELAXREFRESH: 'Enforce_RelaxRefresh',
    }),
    'other words',
  ),
  refreshTokenPolicy: several(
    'up to three elements instead of one text',
    'ExtlClntAppOauthConfigurablePolicies.refreshTokenPolicyType',
    refreshTokenPolicy,
  ),
  isTokenExchangeFlowEnabled: same('policies', 'isTokenExchangeFlowEnabled'),
  singleLogoutUrl: same('policies', 'singleLogoutUrl'),
}

const sessionPolicy: Readonly<Record<string, Mover>> = {
  policyAction: (value) =>
    textOf(value) === 'Block'
      ? otherwise('switches', 'isEnabled', () => false, 'a blocked app is one that is not enabled')(value)
      : otherwise('policies', 'policyAction', byTable({ RaiseSessionLevel: 'RaiseSessionLevel' }), 'same word')(value),
  sessionLevel: otherwise('policies', 'requiredSessionLevel', textOf, 'another name'),
  sessionTimeout: otherwise(
    'policies',
    'sessionTimeoutInMinutes',
    (value) => (/^\d+$/.test(String(value)) ? Number(value) : null),
    'another name',
  ),
}

export const groups: Readonly<Record<string, Readonly<Record<string, Mover>>>> = {
  oauthConfig,
  oauthPolicy,
  sessionPolicy,
}

/** What a connected app has that none of its metadata shows, so that nobody can tell whether it is there. */
export const unseen: readonly string[] = [
  'Push notifications, and certificates for them.',
  'User provisioning and its flow.',
  'Dynamic client registration, and apps that were registered through it.',
  'A refresh-token IP allowlist of the connected app.',
  'A second consumer key and secret that were staged for rotation.',
]

/** What holds where a connected app’s file says nothing, so that the new app’s own defaults don’t hold instead. */
export const defaults: MetadataBody = {
  isClientCredentialsFlowEnabled: false,
  isCodeCredFlowEnabled: false,
  isCodeCredPostOnly: false,
  isConsumerSecretOptional: false,
  isDeviceFlowEnabled: false,
  isIntrospectAllTokens: false,
  isPkceRequired: false,
  isRefreshTokenRotationEnabled: false,
  isSecretRequiredForRefreshToken: true,
}
