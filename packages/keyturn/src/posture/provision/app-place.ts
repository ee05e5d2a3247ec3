/** The org an app is to be made in: what its Metadata API has, and whether what the description names is there. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { jsforceCall } from '../../org/jsforce-call.ts'
import { componentNames } from '../../org/metadata-component.ts'
import { findUser, hasPermission, soqlText } from '../../org/org-user.ts'
import type { AppDescription } from './app-description.ts'
import { appParts } from './app-files.ts'
import type { AppSurface } from './app-files.ts'

/** `isEnforceRefreshTokenTTL` and the security settings came with Summer '26. */
const ttlSince = 67

export const appSurface = async (org: OrgConnection): Promise<AppSurface> => {
  const connection = await org.jsforce()
  const { metadataObjects } = await jsforceCall('The list of metadata types', () => connection.metadata.describe())
  const types = new Set(metadataObjects.map(({ xmlName }) => xmlName))
  const missing = [appParts.app, appParts.oauth, appParts.global, appParts.policies, appParts.switches].filter(
    (type) => !types.has(type),
  )
  if (missing.length > 0)
    throw new KeyturnError('ORG_REFUSED', `This org’s Metadata API has no ${missing.join(', ')}`, {
      fix: missing.includes(appParts.global)
        ? 'Setup → External Client App Manager → Settings: “Allow Access to OAuth Consumer Secrets via Metadata API” opens it; or use --dir and deploy from where it is open.'
        : 'External client apps came with API 59; `--dir` writes the files without an org.',
    })
  // An org of the new version may still be without the elements: its type says so.
  const securitySettings = types.has(appParts.security)
  return { securitySettings, refreshTokenTtl: securitySettings && Number(connection.version) >= ttlSince }
}

export const isSandbox = async (org: OrgConnection): Promise<boolean> => {
  const [one] = await org.query('SELECT IsSandbox FROM Organization LIMIT 1')
  if (typeof one?.['IsSandbox'] !== 'boolean')
    throw new KeyturnError('ORG_REFUSED', 'The org does not say whether it is a sandbox')
  return one['IsSandbox']
}

export const appExists = async (org: OrgConnection, name: string): Promise<boolean> => {
  const [external, connected] = await Promise.all([
    componentNames(org, appParts.app),
    componentNames(org, 'ConnectedApp'),
  ])
  // Two apps of one name can't be told apart in logins.
  if (connected.some((one) => one.toLowerCase() === name.toLowerCase()))
    throw new KeyturnError('BAD_ARGUMENT', `There is a connected app ${name}: logins of both would look alike`, {
      fix: 'Choose another name; `keyturn migrate connected-app` is about moving one.',
    })
  return external.some((one) => one.toLowerCase() === name.toLowerCase())
}

export const setExists = async (org: OrgConnection, name: string): Promise<boolean> => {
  const found = await org.query(
    `SELECT Id FROM PermissionSet WHERE Name = ${soqlText(name)} AND IsOwnedByProfile = false AND NamespacePrefix = null`,
  )
  return found.length > 0
}

/** Throws BAD_ARGUMENT: whoever has the secret will be that user. */
export const requireMachine = async (org: OrgConnection, username: string): Promise<void> => {
  const user = await findUser(org, username)
  const wrong = (text: string): KeyturnError =>
    new KeyturnError('BAD_ARGUMENT', text, {
      fix: '`keyturn provision integration-user` makes a user that is fit for it.',
    })
  if (user === null || !user.active) throw wrong(`This org has no active user ${username} to run as`)
  const [apiOnly, ...broad] = await Promise.all(
    ['ApiUserOnly', 'ModifyAllData', 'ViewAllData', 'AuthorApex', 'CustomizeApplication', 'ManageUsers'].map((one) =>
      hasPermission(org, user.id, one),
    ),
  )
  if (broad.some((has) => has === true)) throw wrong(`${username} may do much more than an integration needs`)
  if (apiOnly !== true) throw wrong(`${username} is not API only`)
}

/** Whether whom client credentials run as holds the permission set that opens the app. */
const holdsSet = async (org: OrgConnection, username: string, set: string): Promise<boolean> => {
  const found = await org.query(
    `SELECT Id FROM PermissionSetAssignment WHERE Assignee.Username = ${soqlText(username)} AND PermissionSet.Name = ${soqlText(set)}`,
  )
  return found.length > 0
}

export interface NamedThings {
  readonly makeSet: boolean
  /** Who signs in can't yet: nobody gave it the permission set. */
  readonly toAssign: boolean
}

/** Throws BAD_ARGUMENT for what the description names and the org doesn't have. */
export const requireNamed = async (org: OrgConnection, description: AppDescription): Promise<NamedThings> => {
  const { permissionSet, createPermissionSet = false, runsAs } = description
  if (runsAs !== undefined) await requireMachine(org, runsAs)
  const toAssign = runsAs === undefined || !(await holdsSet(org, runsAs, permissionSet))
  if (await setExists(org, permissionSet)) return { makeSet: false, toAssign }
  if (createPermissionSet) return { makeSet: true, toAssign }
  throw new KeyturnError('BAD_ARGUMENT', `This org has no permission set ${permissionSet} of its own`, {
    fix: 'Name one that is there, or add --create to make it, empty.',
  })
}
