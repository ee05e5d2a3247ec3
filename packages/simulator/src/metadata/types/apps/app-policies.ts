/** ExtlClntAppConfigurablePolicies: whether the app may be used in this org at all: the switch that blocks it. */
import { flagAt } from '../../elements.ts'
import { all, flag, oneOf, text } from '../../elements.ts'
import { appPart } from './app-part.ts'
import type { PartDeclaration } from './app-part.ts'
import { changeByMetadata } from './deploy-app.ts'

/** What the app's state says; `kept`: what was deployed. */
export const readAppPolicies: PartDeclaration['read'] = (_context, app, kept) => {
  const isEnabled = flagAt(kept, 'isEnabled') ?? true
  const isOauthPluginEnabled = flagAt(kept, 'isOauthPluginEnabled') ?? true
  const says = { isEnabled, isOauthPluginEnabled }
  const holds = app.settings.blocked === !(isEnabled && isOauthPluginEnabled)
  const both = { isEnabled: !app.settings.blocked, isOauthPluginEnabled: true }
  return { startPage: 'None', ...kept, ...(holds ? says : both) }
}

export const appPolicies = appPart({
  name: 'ExtlClntAppConfigurablePolicies',
  directory: 'extlClntAppPolicies',
  suffix: 'ecaPlcy',
  since: 59,
  idPrefix: '1zb',
  nameEnd: '_plcy',
  needs: ['CustomizeApplication', 'ExternalClientAppAdmin'],
  elements: {
    ...all(flag, 'isEnabled', 'isOauthPluginEnabled', 'isSamlPluginEnabled', 'isCanvasPluginEnabled'),
    ...all(
      flag,
      'isMobilePluginEnabled',
      'isNotificationPluginEnabled',
      'isPushPluginEnabled',
      'isAttestPluginEnabled',
    ),
    startPage: oneOf('StartPage', 'None', 'Custom', 'OAuth', 'SAML'),
    startUrl: text,
  },
  read: readAppPolicies,
  apply: (context, app, body) => {
    const enabled = flagAt(body, 'isEnabled') ?? true
    const plugin = flagAt(body, 'isOauthPluginEnabled') ?? true
    changeByMetadata(context, app, { settings: { blocked: !(enabled && plugin) } })
    return body
  },
})
