/**
 * The certificate by which Salesforce verifies the JWT assertions of an app. It lies in one slot: of a connected app in
 * `ConnectedApp.oauthConfig`, of an external client app in its `ExtlClntAppGlobalOauthSettings`, which is tied to the
 * app by an element and not by its name. Source: Metadata API guide, ConnectedApp and ExtlClntAppGlobalOauthSettings.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from './connection.ts'
import type { DeployedComponent } from './metadata-deploy.ts'
import { componentNames, elementsOf, readComponent, readComponents, textOf, withElement } from './metadata-component.ts'
import type { MetadataBody } from './metadata-component.ts'

export interface AppCertificate {
  readonly kind: 'connected-app' | 'external-client-app'
  /** Developer name of the app. */
  readonly app: string
  readonly fullName: string
  readonly consumerKey: string | null
  /** PEM; null: the slot is empty, or the org doesn't show what is in it. */
  readonly pem: string | null
  readonly body: MetadataBody
}

const connectedType = 'ConnectedApp'
const globalType = 'ExtlClntAppGlobalOauthSettings'
/** The switch whose being off keeps that type closed. */
export const closedBy = 'consumer-secrets-by-metadata'

const ofConnected = (fullName: string, body: MetadataBody): AppCertificate => {
  const config = elementsOf(body['oauthConfig'])
  const [consumerKey, pem] = [textOf(config['consumerKey']), textOf(config['certificate'])]
  return { kind: 'connected-app', app: fullName, fullName, consumerKey, pem, body }
}

const ofExternal = (fullName: string, body: MetadataBody): AppCertificate => ({
  kind: 'external-client-app',
  app: textOf(body['externalClientApplication']) ?? fullName,
  fullName,
  consumerKey: textOf(body['consumerKey']),
  pem: textOf(body['certificate']),
  body,
})

/** The org has the type and doesn't let it be seen: its secrets are in it. */
const isClosed = (error: unknown): boolean =>
  error instanceof KeyturnError && error.data['errorCode'] === 'INVALID_TYPE'

const externalApps = async (org: OrgConnection): Promise<readonly AppCertificate[]> => {
  const found = await readComponents(org, globalType, await componentNames(org, globalType))
  return [...found].map(([fullName, body]) => ofExternal(fullName, body))
}

interface AppCertificates {
  readonly apps: readonly AppCertificate[]
  /** What could not be looked at, and why. */
  readonly unseen: readonly string[]
}

/** All apps with OAuth settings. A kind that this user or org keeps closed is named, not taken for empty. */
export const appCertificates = async (org: OrgConnection): Promise<AppCertificates> => {
  const unseen: string[] = []
  const look = async (
    what: string,
    read: () => Promise<readonly AppCertificate[]>,
  ): Promise<readonly AppCertificate[]> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
      unseen.push(`${what}: ${error.message}`)
      return []
    }
  }
  const connected = await look('connected apps', async () => {
    const found = await readComponents(org, connectedType, await componentNames(org, connectedType))
    return [...found].filter(([, body]) => 'oauthConfig' in body).map(([fullName, body]) => ofConnected(fullName, body))
  })
  const external = await look('external client apps', () => externalApps(org))
  return { apps: [...connected, ...external], unseen }
}

/** Throws CONFIG_INVALID where there is no such app, ORG_REFUSED with what to do where it can't be seen. */
export const appCertificate = async (org: OrgConnection, app: string): Promise<AppCertificate> => {
  const connected = await readComponent(org, { type: connectedType, fullName: app })
  if (connected !== null) return ofConnected(app, connected)
  let external: readonly AppCertificate[]
  try {
    external = await externalApps(org)
  } catch (error) {
    if (!isClosed(error)) throw error
    throw new KeyturnError('ORG_REFUSED', `${app} is no connected app, and this org keeps ${globalType} closed`, {
      data: { switch: closedBy },
      fix: 'Setup → External Client App Manager → Settings: switch “Allow Access to OAuth Consumer Secrets via Metadata API” on for the time of the run, and off again afterwards.',
    })
  }
  const found = external.find((one) => one.app === app || one.fullName === app)
  if (found !== undefined) return found
  throw new KeyturnError('CONFIG_INVALID', `The org shows no connected app and no external client app named ${app}`, {
    fix: 'Name the developer name (API name) of the app; that of a package begins with its namespace and two underscores.',
  })
}

/** By which Login History names it; the label of an external client app stands in its own component, not in its settings. */
export const appLabel = async (org: OrgConnection, { kind, app, body }: AppCertificate): Promise<string> => {
  const own =
    kind === 'connected-app' ? body : await readComponent(org, { type: 'ExternalClientApplication', fullName: app })
  return textOf(own?.['label']) ?? app
}

/**
 * The component with another certificate and everything else as it was read, but for what an update may not say: the
 * key of a connected app (“You cannot provide a Consumer Key”), secrets, and the wish to have them rotated.
 */
export const withCertificate = ({ kind, fullName, body }: AppCertificate, pem: string): DeployedComponent => {
  if (kind === 'connected-app') {
    const keyless = withElement(
      withElement(body, ['oauthConfig', 'consumerKey'], undefined),
      ['oauthConfig', 'consumerSecret'],
      undefined,
    )
    return { type: connectedType, fullName, body: withElement(keyless, ['oauthConfig', 'certificate'], pem) }
  }
  const unasked = ['consumerSecret', 'shouldRotateConsumerKey', 'shouldRotateConsumerSecret']
  const plain = unasked.reduce((now, name) => withElement(now, [name], undefined), body)
  return { type: globalType, fullName, body: withElement(plain, ['certificate'], pem) }
}
