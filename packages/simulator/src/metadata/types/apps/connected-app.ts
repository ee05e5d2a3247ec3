/** ConnectedApp: a file with everything of the app but its consumer secret, which is never given back. */
import { addApp } from '../../../state/seed.ts'
import { defaultAppSettings } from '../../../state/settings.ts'
import { renameApp, removeApp } from '../../../state/app-removal.ts'
import type { SimApp } from '../../../state/apps.ts'
import type { Context } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { Json, JsonObject } from '../../elements.ts'
import {
  ComponentProblem,
  all,
  flag,
  group,
  integer,
  listAt,
  many,
  objectAt,
  oneOf,
  present,
  required,
  since,
  text,
  textAt,
} from '../../elements.ts'
import { bodyOf, forgetRow, keep, renameRow } from '../../store.ts'
import { elementsXml } from '../../xml.ts'
import { approvedNames, setApproved } from './app-access.ts'
import { changeBy, choiceOf, flagOf, oauthSwitches, readMapping, together } from './app-elements.ts'
import type { Mapping } from './app-elements.ts'
import { appNamed, appsOf, changeByMetadata, checkConsumer, fullNameOf, namespaceOf } from './deploy-app.ts'
import { policyFromText, policyText } from './refresh-token-policy.ts'
import { metadataScopes, scopeNames, wireScopes } from './scopes.ts'

const oauthConfig = group('ConnectedAppOauthConfig', {
  ...all(flag, 'isAdminApproved', 'isClientCredentialEnabled', 'isCodeCredentialEnabled', 'isCodeCredentialPostOnly'),
  ...all(flag, 'isConsumerSecretOptional', 'isIntrospectAllTokens', 'isNamedUserJwtEnabled', 'isPkceRequired'),
  ...all(flag, 'isRefreshTokenRotationEnabled', 'isSecretRequiredForRefreshToken', 'isDeviceFlowEnabled'),
  ...all(flag, 'isSecretRequiredForTokenExchange', 'isTokenExchangeEnabled'),
  ...all(since(67, flag), 'isDPopEnabled', 'isEnforceRefreshTokenTTL', 'isIpBindingEnabled', 'isPKImTLSEnabled'),
  ...all(text, 'certificate', 'consumerKey', 'consumerSecret', 'oauthClientCredentialUser', 'singleLogoutUrl'),
  callbackUrl: required(text),
  scopes: many(oneOf('ConnectedAppOauthAccessScope', ...scopeNames)),
  idTokenConfig: group('ConnectedAppOauthIdToken', {
    ...all(flag, 'idTokenIncludeAttributes', 'idTokenIncludeCustomPerms', 'idTokenIncludeStandardClaims'),
    idTokenAudience: text,
    idTokenValidity: integer,
  }),
  assetTokenConfig: group('ConnectedAppOauthAssetToken', {
    ...all(flag, 'assetIncludeAttributes', 'assetIncludeCustomPerms'),
    ...all(text, 'assetAudiences', 'assetSigningCertId'),
    assetValidityPeriod: integer,
  }),
})

const elements = {
  ...all(text, 'contactPhone', 'description', 'iconUrl', 'infoUrl', 'logoUrl', 'mobileStartUrl', 'startUrl', 'plugin'),
  ...all(text, 'pluginExecutionUser', 'canvas'),
  contactEmail: required(text),
  label: required(text),
  attributes: many(group('ConnectedAppAttribute', all(required(text), 'formula', 'key'))),
  ipRanges: many(group('ConnectedAppIpRange', { ...all(required(text), 'start', 'end'), description: text })),
  oauthConfig,
  oauthPolicy: group('ConnectedAppOauthPolicy', {
    ipRelaxation: required(
      oneOf('ConnectedAppIpRelaxation', 'ENFORCE', 'BYPASS', 'BYPASS_2FACTOR', 'ENFORCE_RELAXREFRESH'),
    ),
    refreshTokenPolicy: required(text),
    isTokenExchangeFlowEnabled: flag,
    singleLogoutUrl: text,
  }),
  permissionSetName: many(text),
  profileName: many(text),
  sessionPolicy: group('ConnectedAppSessionPolicy', {
    policyAction: oneOf('DevicePolicyAction', 'Block', 'RaiseSessionLevel'),
    sessionLevel: oneOf('SessionSecurityLevel', 'LOW', 'STANDARD', 'HIGH_ASSURANCE'),
    sessionTimeout: integer,
  }),
}

const switches: Mapping = {
  ...oauthSwitches,
  isAdminApproved: choiceOf('permittedUsers', 'self', 'admin'),
  isClientCredentialEnabled: flagOf('clientCredentials', false),
  oauthClientCredentialUser: {
    read: (app) => app.settings.clientCredentialsUser ?? undefined,
    change: (value) => ({ settings: { clientCredentialsUser: value } }),
    initial: null,
  },
  scopes: {
    read: (app) => metadataScopes(app.scopes),
    change: (value) => ({ scopes: wireScopes(value as readonly string[]) }),
    initial: null,
  },
}

const minute = 60_000

function readApp(context: Context, app: SimApp, fullName: string): JsonObject {
  const kept = bodyOf(context.org, 'ConnectedApp', fullName)
  const isNew = context.org.settings().newOauthElements === 'present' && context.version >= 67
  const { isEnforceRefreshTokenTTL, ...older } = readMapping(switches, app)
  const { settings } = app
  const sessionTimeout = settings.sessionTimeoutMs === null ? undefined : settings.sessionTimeoutMs / minute
  const { policyAction, sessionTimeout: _was, ...session } = objectAt(kept, 'sessionPolicy') ?? {}
  const action = settings.blocked ? 'Block' : policyAction === 'Block' ? undefined : policyAction
  const sessionPolicy = present({ ...session, sessionTimeout, policyAction: action })
  const { consumerSecret: _secret, ...config } = objectAt(kept, 'oauthConfig') ?? {}
  const lists = {
    permissionSetName: approvedNames(context, app, 'permission-set'),
    profileName: approvedNames(context, app, 'profile'),
  }
  return present({
    contactEmail: 'admin@example.com',
    label: app.name,
    ...kept,
    oauthConfig: present({
      ...config,
      ...older,
      consumerKey: app.clientId,
      ...(isNew ? { isEnforceRefreshTokenTTL } : {}),
    }),
    oauthPolicy: {
      ...objectAt(kept, 'oauthPolicy'),
      ipRelaxation: settings.ipRelaxation,
      refreshTokenPolicy: policyText(
        settings.refreshTokenPolicy,
        textAt(objectAt(kept, 'oauthPolicy'), 'refreshTokenPolicy'),
      ),
    },
    permissionSetName: lists.permissionSetName.length === 0 ? undefined : lists.permissionSetName,
    profileName: lists.profileName.length === 0 ? undefined : lists.profileName,
    sessionPolicy: Object.keys(sessionPolicy).length === 0 ? undefined : sessionPolicy,
  })
}

function create(context: Context, fullName: string, body: JsonObject): SimApp {
  const { org } = context
  if (!org.settings().connectedAppCreation)
    throw new ComponentProblem('You can’t create a connected app. To create an app, use external client apps.')
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(fullName))
    throw new ComponentProblem(`The name ${fullName} can contain only letters, numbers and underscores`)
  const config = objectAt(body, 'oauthConfig')
  const clientId = textAt(config, 'consumerKey')
  const clientSecret = textAt(config, 'consumerSecret')
  checkConsumer(context, clientId, clientSecret)
  const initial = changeBy(switches, {}, true).settings ?? {}
  addApp(org, {
    name: fullName,
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    callbacks: [],
    scopes: [],
    settings: { ...defaultAppSettings, ...initial },
  })
  const made = appNamed(context, 'connected', fullName)
  if (made === undefined) throw new Error(`The app ${fullName} was made and can’t be found`)
  context.audit([{ action: 'insertApplication', section: 'Application', display: `Created Connected App ${fullName}` }])
  return made
}

/** Where the app comes in a package, its file is the vendor's; only the policies are this org's. */
function checkManaged(context: Context, app: SimApp, body: JsonObject, before: JsonObject): void {
  if (namespaceOf(context, app) === null) return
  const policies = new Set(['oauthPolicy', 'sessionPolicy', 'permissionSetName', 'profileName', 'startUrl'])
  const mine = (config: JsonObject | undefined): JsonObject => {
    const { isAdminApproved: _mine, consumerKey: _key, ...rest } = config ?? {}
    return rest
  }
  const said = (value: Json | undefined): string => elementsXml({ value }, '')
  for (const [name, value] of Object.entries(body)) {
    if (policies.has(name) || value === undefined) continue
    const parts: readonly (readonly [string, Json | undefined, Json | undefined])[] =
      name === 'oauthConfig'
        ? Object.entries(mine(objectAt(body, name))).map(([part, is]) => [part, is, objectAt(before, name)?.[part]])
        : [[name, value, before[name]]]
    const changed = parts.find(([, is, was]) => said(is) !== said(was))
    if (changed !== undefined)
      throw new ComponentProblem(
        `Cannot modify managed object: entity=ConnectedApplication, component=${app.id.slice(0, 15)}, field=${changed[0]}, state=installed`,
      )
  }
}

function apply(context: Context, fullName: string, body: JsonObject, before: JsonObject | undefined): void {
  const known = appNamed(context, 'connected', fullName)
  const app = known ?? create(context, fullName, body)
  const config = objectAt(body, 'oauthConfig')
  if (known !== undefined) {
    const given = textAt(config, 'consumerKey')
    const same = given === app.clientId && context.org.settings().consumerKeyOnUpdate === 'same-accepted'
    if (given !== undefined && !same) throw new ComponentProblem('You cannot provide a Consumer Key')
    if (textAt(config, 'consumerSecret') !== undefined)
      throw new ComponentProblem('You cannot provide a Consumer Secret')
    checkManaged(context, app, body, before ?? {})
  }
  const reset = known !== undefined && context.org.settings().absentAppElements === 'reset'
  const policy = objectAt(body, 'oauthPolicy')
  const session = objectAt(body, 'sessionPolicy')
  const timeout = session?.['sessionTimeout']
  changeByMetadata(
    context,
    app,
    together([
      config === undefined && !reset ? {} : changeBy(switches, config ?? {}, reset),
      policy === undefined
        ? reset
          ? { settings: { ipRelaxation: 'ENFORCE', refreshTokenPolicy: { kind: 'infinite' } } }
          : {}
        : {
            settings: {
              ipRelaxation: textAt(policy, 'ipRelaxation'),
              refreshTokenPolicy: policyFromText(textAt(policy, 'refreshTokenPolicy') ?? 'infinite'),
            },
          },
      session === undefined
        ? reset
          ? { settings: { sessionTimeoutMs: null, blocked: false } }
          : {}
        : {
            settings: {
              sessionTimeoutMs: typeof timeout === 'number' ? timeout * minute : null,
              blocked: session['policyAction'] === 'Block',
            },
          },
    ]),
  )
  const list = (name: 'permissionSetName' | 'profileName', of: 'profile' | 'permission-set'): void => {
    const names = listAt(body, name) ?? (reset ? [] : undefined)
    if (names !== undefined) setApproved(context, app, of, name, names.map(String))
  }
  list('permissionSetName', 'permission-set')
  list('profileName', 'profile')
  const { consumerSecret: _secret, ...openConfig } = config ?? {}
  const kept = { ...(reset ? {} : bodyOf(context.org, 'ConnectedApp', fullName)), ...body }
  keep(context, connectedApp, fullName, config === undefined ? kept : { ...kept, oauthConfig: openConfig })
}

export const connectedApp = componentType({
  name: 'ConnectedApp',
  directory: 'connectedApps',
  suffix: 'connectedApp',
  since: 29,
  idPrefix: '0H4',
  elements,
  needs: ['CustomizeApplication', 'ManageRemoteAccess'],
  names: (context) => appsOf(context, 'connected').map((app) => fullNameOf(context, app)),
  recordId: (context, fullName) => appNamed(context, 'connected', fullName)?.id,
  namespaceOf: (context, fullName) => {
    const app = appNamed(context, 'connected', fullName)
    return app === undefined ? null : namespaceOf(context, app)
  },
  read: (context, fullName) => {
    const app = appNamed(context, 'connected', fullName)
    return app === undefined ? undefined : readApp(context, app, fullName)
  },
  apply,
  remove: (context, fullName) => {
    const app = appNamed(context, 'connected', fullName)
    if (app === undefined) return
    forgetRow(context.org, 'ConnectedApp', fullName)
    removeApp(context.org, app, context.afterwards)
    const display = `Deleted Connected App ${fullName}`
    context.audit([{ action: 'deleteApplication', section: 'Application', display }])
  },
  rename: (context, fullName, to) => {
    const app = appNamed(context, 'connected', fullName)
    if (app === undefined) return
    renameRow(context.org, 'ConnectedApp', fullName, to)
    renameApp(context.org, app, to)
  },
})
