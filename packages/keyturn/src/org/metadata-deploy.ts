/**
 * Deployments through the Metadata API: started, then asked for by id. Nothing here waits: an org takes its deployments
 * one after the other, in the order in which they came, and may be at another one for an hour.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from './connection.ts'
import { jsforceCall } from './jsforce-call.ts'
import type { ComponentName, MetadataBody } from './metadata-component.ts'
import { componentXml, manifestXml, zipOf } from './metadata-file.ts'

export interface DeployedComponent extends ComponentName {
  /** All of it: what a file doesn't mention may be reset. */
  readonly body: MetadataBody
  /** Root element of its file, where that is not the type: `SecuritySettings` of the type `Settings`. */
  readonly root?: string
}

interface DeployOptions {
  /** The org judges it and changes nothing. */
  readonly checkOnly: boolean
  readonly ignoreWarnings?: boolean
}

type Deployment =
  | { readonly is: 'running'; readonly status: string }
  | { readonly is: 'succeeded' }
  /** In the org's own words. */
  | { readonly is: 'failed'; readonly problems: readonly string[] }
  /** It ended in an error of the platform: whether anything was done has to be looked at. */
  | { readonly is: 'unclear'; readonly why: string }

/** The id under which the org works on it. An answer that was lost leaves a deployment nobody has the id of. */
export const startDeployment = async (
  org: OrgConnection,
  components: readonly DeployedComponent[],
  { checkOnly, ignoreWarnings = false }: DeployOptions,
): Promise<string> => {
  const connection = await org.jsforce()
  const described = await jsforceCall('The list of metadata types', () => connection.metadata.describe())
  const files = new Map<string, string>()
  const members: Record<string, string[]> = {}
  for (const { type, fullName, body, root = type } of components) {
    const known = described.metadataObjects.find(({ xmlName }) => xmlName === type)
    if (known === undefined) throw new KeyturnError('ORG_REFUSED', `This org’s Metadata API has no ${type}`)
    const file = fullName.replaceAll('%', '%25').replaceAll('/', '%2F')
    files.set(`${known.directoryName}/${file}.${known.suffix ?? ''}`, componentXml(root, body))
    members[type] = [...(members[type] ?? []), fullName]
  }
  files.set('package.xml', manifestXml(members, connection.version))
  const options = { checkOnly, ignoreWarnings, rollbackOnError: true, singlePackage: true }
  const { id } = await jsforceCall('The deployment', async () => connection.metadata.deploy(zipOf(files), options))
  if (typeof id !== 'string' || id === '') throw new KeyturnError('ORG_UNAVAILABLE', 'The deployment has no id')
  return id
}

interface Failure {
  readonly fullName?: string
  readonly componentType?: string
  readonly problem?: string
}

export const deploymentOf = async (org: OrgConnection, id: string): Promise<Deployment> => {
  const connection = await org.jsforce()
  const result = await jsforceCall(`The deployment ${id}`, () => connection.metadata.checkDeployStatus(id, true))
  const status = String(result.status)
  if (!result.done) return { is: 'running', status }
  if (result.success) return { is: 'succeeded' }
  const { errorMessage, errorStatusCode } = result as { errorMessage?: unknown; errorStatusCode?: unknown }
  const said = typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : null
  if (errorStatusCode === 'UNKNOWN_EXCEPTION' || errorStatusCode === 'SERVER_UNAVAILABLE')
    return { is: 'unclear', why: said ?? String(errorStatusCode) }
  const failures: unknown = result.details?.componentFailures
  const problems = (Array.isArray(failures) ? failures : failures === undefined ? [] : [failures]).map((one) => {
    const { fullName, componentType, problem } = one as Failure
    return `${componentType ?? ''} ${fullName ?? ''}: ${problem ?? 'no reason was given'}`.trim()
  })
  return {
    is: 'failed',
    problems: [...(said === null ? [] : [said]), ...(problems.length === 0 && said === null ? [status] : problems)],
  }
}
