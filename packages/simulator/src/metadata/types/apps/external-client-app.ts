/** ExternalClientApplication: the frame of an external client app. What its OAuth does is in the parts of the app. */
import { addApp } from '../../../state/seed.ts'
import { removeApp, renameApp } from '../../../state/app-removal.ts'
import { defaultAppSettings } from '../../../state/settings.ts'
import type { Context } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, oneOf, required, text } from '../../elements.ts'
import { bodyOf, forgetRow, keep, renameRow } from '../../store.ts'
import { appNamed, appsOf, fullNameOf, namespaceOf } from './deploy-app.ts'

const type = 'ExternalClientApplication'

function create(context: Context, fullName: string): void {
  if (!/^[A-Za-z](?!.*__)[A-Za-z0-9_]*(?<!_)$/.test(fullName))
    throw new ComponentProblem(`The name ${fullName} can contain only letters, numbers and single underscores`)
  addApp(context.org, {
    name: fullName,
    kind: 'external',
    callbacks: [],
    scopes: [],
    // PKCE is on where nobody said otherwise; everything else waits for the app's parts.
    settings: { ...defaultAppSettings, pkceRequired: true, rotation: false, passwordFlow: false },
  })
  const display = `Created External Client App ${fullName}`
  context.audit([{ action: 'insertExternalClientApplication', section: 'External Client Apps', display }]) // guessed
}

function read(context: Context, fullName: string): JsonObject | undefined {
  const app = appNamed(context, 'external', fullName)
  if (app === undefined) return undefined
  return {
    contactEmail: 'admin@example.com',
    label: app.name,
    distributionState: namespaceOf(context, app) === null ? 'Local' : 'Managed',
    isProtected: false,
    orgScopedExternalApp: `${context.org.id.slice(0, 15)}:${app.name}`,
    ...bodyOf(context.org, type, fullName),
  }
}

export const externalClientApplication = componentType({
  name: type,
  directory: 'externalClientApps',
  suffix: 'eca',
  since: 59,
  idPrefix: '0xI',
  needs: ['CustomizeApplication', 'ExternalClientAppDeveloper'],
  elements: {
    ...all(text, 'contactPhone', 'description', 'iconUrl', 'infoUrl', 'logoUrl', 'orgScopedExternalApp'),
    contactEmail: required(text),
    distributionState: required(oneOf('ExtlClntAppDistState', 'Local', 'Packaged', 'Managed', 'AutoInstalled')),
    isProtected: flag,
    label: required(text),
    managedType: oneOf('ExtlClntAppManagedType', 'Local', 'Global'),
  },
  names: (context) => appsOf(context, 'external').map((app) => fullNameOf(context, app)),
  recordId: (context, fullName) => appNamed(context, 'external', fullName)?.id,
  namespaceOf: (context, fullName) => {
    const app = appNamed(context, 'external', fullName)
    return app === undefined ? null : namespaceOf(context, app)
  },
  read,
  apply: (context, fullName, body) => {
    const { org } = context
    const known = appNamed(context, 'external', fullName)
    if (known !== undefined && namespaceOf(context, known) !== null)
      throw new ComponentProblem(
        `Cannot modify managed object: entity=ExternalClientApplication, component=${known.id.slice(0, 15)}, field=MasterLabel, state=installed`,
      )
    if (known === undefined) create(context, fullName)
    const app = known ?? appNamed(context, 'external', fullName)
    keep(context, externalClientApplication, fullName, { ...bodyOf(org, type, fullName), ...body })
    org
      .sql('UPDATE ExternalClientApplication SET MasterLabel = ?, DistributionState = ? WHERE Id = ?')
      .run(String(body['label'] ?? fullName), String(body['distributionState'] ?? 'Local'), app?.id ?? '')
  },
  remove: (context, fullName) => {
    const app = appNamed(context, 'external', fullName)
    if (app === undefined) return
    forgetRow(context.org, type, fullName)
    for (const part of partTypes) context.org.sql(removePart).run(part, fullName)
    removeApp(context.org, app, context.afterwards)
    const display = `Deleted External Client App ${fullName}`
    context.audit([{ action: 'deleteExternalClientApplication', section: 'External Client Apps', display }]) // guessed
  },
  rename: (context, fullName, to) => {
    const app = appNamed(context, 'external', fullName)
    if (app === undefined) return
    renameRow(context.org, type, fullName, to)
    renameApp(context.org, app, to)
  },
})

const partTypes = [
  'ExtlClntAppOauthSettings',
  'ExtlClntAppGlobalOauthSettings',
  'ExtlClntAppOauthConfigurablePolicies',
  'ExtlClntAppConfigurablePolicies',
  'ExtlClntAppOauthSecuritySettings',
]
const removePart = `DELETE FROM sim_component WHERE type = ? AND json_extract(body, '$.externalClientApplication') = ?`
