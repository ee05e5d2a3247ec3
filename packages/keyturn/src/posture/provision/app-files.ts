/**
 * A hardened external client app as its components (Metadata API guide, external client apps). Each edit sets what it is
 * about and leaves what else stands there; consumer key and secret are given once, to an app that isn't there yet.
 */
import type { MetadataBody } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import type { IpRange } from '../facts.ts'
import { parseRange } from './address-range.ts'
import type { AppDescription } from './app-description.ts'
import { defaultScopes, metadataScopes } from './app-scopes.ts'
import type { ConsumerPair } from './consumer-pair.ts'

export const appParts = {
  app: 'ExternalClientApplication',
  oauth: 'ExtlClntAppOauthSettings',
  global: 'ExtlClntAppGlobalOauthSettings',
  policies: 'ExtlClntAppOauthConfigurablePolicies',
  switches: 'ExtlClntAppConfigurablePolicies',
  security: 'ExtlClntAppOauthSecuritySettings',
} as const

/** What this org's Metadata API has: some of it came with API 67. */
export interface AppSurface {
  readonly securitySettings: boolean
  readonly refreshTokenTtl: boolean
}

export const newestSurface: AppSurface = { securitySettings: true, refreshTokenTtl: true }

export interface AppParts {
  readonly name: string
  readonly description: AppDescription
  readonly surface: AppSurface
  /** PEM. */
  readonly certificate: string | null
  /** Given by us, so that nobody has to read it from the org; null: the org makes its own. */
  readonly pair: ConsumerPair | null
}

/** Names of the parts as the org itself gives them; the tie is an element in each. */
const ends = {
  oauth: '_oauth',
  global: '_glbloauth',
  policies: '_oauthPlcy',
  switches: '_plcy',
  security: '_oauthSecurity',
}

export const partName = (part: keyof typeof appParts, app: string): string =>
  part === 'app' ? app : `${app}${ends[part]}`

const edit = (
  part: keyof typeof appParts,
  app: string,
  wanted: MetadataBody,
  once: MetadataBody = {},
): ComponentEdit => {
  const fullName = partName(part, app)
  const tie = part === 'app' ? {} : { externalClientApplication: app, label: fullName }
  return {
    type: appParts[part],
    fullName,
    edit: (body) => ({ ...(body ?? { ...tie, ...once }), ...wanted }),
  }
}

const rangeBody = ({ from, to }: IpRange): MetadataBody => ({
  description: 'egress',
  startIpAddress: from,
  endIpAddress: to,
})

export const refreshes = ({ flow, scopes }: AppDescription): boolean =>
  metadataScopes(scopes ?? defaultScopes(flow)).includes('RefreshToken')

export const appComponents = ({
  name,
  description,
  surface,
  certificate,
  pair,
}: AppParts): readonly ComponentEdit[] => {
  const { purpose, contact, flow, callbacks = [], scopes, permissionSet, runsAs, tokenAddresses = [] } = description
  const { idleDays = 30, sessionMinutes } = description
  const ranges = tokenAddresses.map(parseRange)
  const machine = flow === 'client-credentials'
  const lists = surface.securitySettings && ranges.length > 0
  return [
    edit('app', name, {
      contactEmail: contact,
      description: purpose,
      distributionState: 'Local',
      isProtected: false,
      label: name,
    }),
    edit('oauth', name, {
      commaSeparatedOauthScopes: metadataScopes(scopes ?? defaultScopes(flow))
        .toSorted()
        .join(', '),
      isFirstPartyAppEnabled: false,
      ...(flow === 'web-server' && ranges.length > 0 ? { trustedIpRanges: ranges.map(rangeBody) } : {}),
    }),
    edit(
      'global',
      name,
      {
        callbackUrl: callbacks.length > 0 ? callbacks.join('\n') : undefined,
        ...(certificate === null ? {} : { certificate }),
        isClientCredentialsFlowEnabled: machine,
        isCodeCredFlowEnabled: false,
        isCodeCredPostOnly: false,
        isConsumerSecretOptional: false,
        isDeviceFlowEnabled: flow === 'device',
        isIntrospectAllTokens: false,
        isNamedUserJwtEnabled: false,
        isPkceRequired: true,
        isRefreshTokenRotationEnabled: true,
        isSecretRequiredForRefreshToken: true,
        isSecretRequiredForTokenExchange: true,
        isTokenExchangeEnabled: false,
        ...(surface.refreshTokenTtl ? { isEnforceRefreshTokenTTL: true } : {}),
      },
      pair === null ? {} : { consumerKey: pair.key, consumerSecret: pair.secret.reveal() },
    ),
    edit('policies', name, {
      commaSeparatedPermissionSet: permissionSet,
      ipRelaxationPolicyType: 'Enforce',
      isClientCredentialsFlowEnabled: machine,
      ...(runsAs === undefined ? {} : { clientCredentialsFlowUser: runsAs }),
      isGuestCodeCredFlowEnabled: false,
      isTokenExchangeFlowEnabled: false,
      permittedUsersPolicyType: 'AdminApprovedPreAuthorized',
      refreshTokenPolicyType: 'SpecificInactivity',
      refreshTokenValidityPeriod: idleDays,
      refreshTokenValidityUnit: 'Days',
      requiredSessionLevel: 'STANDARD',
      ...(sessionMinutes === undefined ? {} : { sessionTimeoutInMinutes: sessionMinutes }),
    }),
    edit('switches', name, { isEnabled: true, isOauthPluginEnabled: true, startPage: 'None' }),
    ...(lists ? [edit('security', name, { tokenIpRanges: ranges.map(rangeBody) })] : []),
  ]
}

/** An empty permission set: it opens the app to whoever holds it, and nothing else. */
export const approvalSet = (name: string, app: string): ComponentEdit => ({
  type: 'PermissionSet',
  fullName: name,
  edit: (body) =>
    body ?? {
      description: `Who holds it may use the app ${app}.`,
      hasActivationRequired: false,
      label: name.replaceAll('_', ' '),
    },
})
