/**
 * ExtlClntAppGlobalOauthSettings: the secrets of an external client app and the switches of its flows. The secret is in
 * it only for callers who may see it, in an org that lets secrets out by metadata.
 */
import { newPair, primaryOf, consumersOf, replacePrimary } from '../../../state/consumers.ts'
import { appById, changeApp } from '../../../state/apps.ts'
import type { SimApp } from '../../../state/apps.ts'
import { consumerEntries } from '../../../state/setup-changes.ts'
import type { Context } from '../../component-type.ts'
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, group, integer, present, since, text, textAt } from '../../elements.ts'
import { changeBy, flagOf, oauthSwitches, readMapping } from './app-elements.ts'
import type { Mapping } from './app-elements.ts'
import { appPart } from './app-part.ts'
import { changeByMetadata, checkConsumer } from './deploy-app.ts'

const switches: Mapping = {
  ...oauthSwitches,
  isPkceRequired: flagOf('pkceRequired', true),
  isClientCredentialsFlowEnabled: flagOf('clientCredentials', false),
}

const showsSecret = ({ org, access }: Context): boolean =>
  org.settings().consumerSecretsByMetadata && access.has('ViewClientSecret')

function setConsumer({ org, orgs, ...context }: Context, app: SimApp, body: JsonObject, isNew: boolean): void {
  const clientId = textAt(body, 'consumerKey')
  const clientSecret = textAt(body, 'consumerSecret')
  const [main] = consumersOf(org, app.id)
  const otherKey = clientId !== undefined && clientId !== app.clientId
  const otherSecret = clientSecret !== undefined && clientSecret !== app.clientSecret
  if (main === undefined || (!otherKey && !otherSecret)) return
  if (!isNew) throw new ComponentProblem(`You cannot provide a Consumer ${otherKey ? 'Key' : 'Secret'}`)
  checkConsumer({ org, orgs, ...context }, otherKey ? clientId : undefined, clientSecret)
  if (!otherKey) {
    changeApp(org, appById(org, app.id) ?? app, { clientSecret })
    return
  }
  const was = primaryOf(org, main.id)
  org
    .sql('UPDATE sim_key_pair SET clientId = ?, clientSecret = ? WHERE clientId = ?')
    .run(clientId, clientSecret ?? was.clientSecret, was.clientId)
  changeApp(org, appById(org, app.id) ?? app, {})
}

/** A new key or secret in the place of the old one, which is over at once: no overlap is documented. */
function rotate(context: Context, app: SimApp, body: JsonObject): void {
  const { org } = context
  const key = body['shouldRotateConsumerKey'] === true
  const secret = body['shouldRotateConsumerSecret'] === true
  const [main] = consumersOf(org, app.id)
  if ((!key && !secret) || main === undefined) return
  if (!org.settings().consumerSecretsByMetadata)
    throw new ComponentProblem('Access to OAuth consumer secrets via the Metadata API is not allowed in this org')
  if (!context.ignoreWarnings)
    throw new ComponentProblem(
      'Rotating consumer credentials invalidates the current ones. To deploy, ignore warnings.',
      { warning: true },
    )
  const fresh = newPair(org)
  if (key) {
    const next = secret ? fresh : { ...fresh, clientSecret: app.clientSecret }
    replacePrimary(org, main.id, next, { countsFrom: org.now(), formerUntil: org.now() })
  } else changeApp(org, appById(org, app.id) ?? app, { clientSecret: fresh.clientSecret })
  context.audit(consumerEntries(app))
}

const secretNames = ['consumerSecret', 'shouldRotateConsumerKey', 'shouldRotateConsumerSecret']

export const globalOauthSettings = appPart({
  name: 'ExtlClntAppGlobalOauthSettings',
  directory: 'extlClntAppGlobalOauthSets',
  suffix: 'ecaGlblOauth',
  since: 59,
  idPrefix: '1zZ',
  nameEnd: '_glbloauth',
  needs: ['CustomizeApplication', 'ExternalClientAppDeveloper'],
  elements: {
    ...all(text, 'callbackUrl', 'certificate', 'consumerKey', 'consumerSecret'),
    ...all(flag, 'isClientCredentialsFlowEnabled', 'isCodeCredFlowEnabled', 'isCodeCredPostOnly'),
    ...all(flag, 'isConsumerSecretOptional', 'isDeviceFlowEnabled', 'isIntrospectAllTokens', 'isNamedUserJwtEnabled'),
    ...all(flag, 'isPkceRequired', 'isRefreshTokenRotationEnabled', 'isSecretRequiredForRefreshToken'),
    ...all(flag, 'isSecretRequiredForTokenExchange', 'isTokenExchangeEnabled'),
    ...all(flag, 'shouldRotateConsumerKey', 'shouldRotateConsumerSecret'),
    ...all(since(67, flag), 'isDPopEnabled', 'isEnforceRefreshTokenTTL', 'isMtlsEnabled'),
    idTokenConfig: group('ExternalAppIdTokenConfig', {
      ...all(flag, 'isAttributesIncluded', 'isCustomPermissionsIncluded', 'isStandardClaimsIncluded'),
      ...all(flag, 'idTokenIncludeAttributes', 'idTokenIncludeCustomPerms', 'idTokenIncludeStandardClaims'),
      idTokenAudience: text,
      idTokenValidity: integer,
    }),
  },
  isAvailable: ({ org }) => {
    const { consumerSecretsByMetadata, globalOauthSettings: rule } = org.settings()
    return consumerSecretsByMetadata || rule === 'secret-omitted'
  },
  read: (context, app, kept) => {
    const isNew = context.org.settings().newOauthElements === 'present' && context.version >= 67
    const { isEnforceRefreshTokenTTL, ...older } = readMapping(switches, app)
    return present({
      isCodeCredFlowEnabled: false,
      isCodeCredPostOnly: false,
      isSecretRequiredForTokenExchange: false,
      isTokenExchangeEnabled: false,
      ...kept,
      ...older,
      ...(isNew ? { isEnforceRefreshTokenTTL } : {}),
      consumerKey: app.clientId,
      consumerSecret: showsSecret(context) ? app.clientSecret : undefined,
      shouldRotateConsumerKey: false,
      shouldRotateConsumerSecret: false,
    })
  },
  apply: (context, app, body, isNew) => {
    setConsumer(context, app, body, isNew)
    const reset = !isNew && context.org.settings().absentAppElements === 'reset'
    changeByMetadata(context, app, changeBy(switches, body, reset))
    rotate(context, app, body)
    return Object.fromEntries(Object.entries(body).filter(([name]) => !secretNames.includes(name)))
  },
})
