/**
 * Org-wide switches that a rotation needs and that hardening advice wants off: read and set through the Metadata API.
 * Sources: Metadata API guide, ExternalClientAppSettings; Health Check `ExternalClientApps.metadataApiAccess`.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from './connection.ts'
import { jsforceCall } from './jsforce-call.ts'

export const switchNames = ['consumer-secrets-by-rest', 'consumer-secrets-by-metadata'] as const
export type SwitchName = (typeof switchNames)[number]

interface OrgSwitch {
  readonly title: string
  readonly type: string
  readonly fullName: string
  readonly element: string
  readonly clicks: readonly string[]
}

const inSettings = (title: string): readonly string[] => [
  'Setup → External Client App Manager → Settings (External Client App Settings)',
  `Switch “${title}” on; switch it off again when the rotation is over`,
]

export const orgSwitches: Readonly<Record<SwitchName, OrgSwitch>> = {
  'consumer-secrets-by-rest': {
    title: 'Allow access to External Client App consumer secrets via REST API',
    type: 'ExternalClientAppSettings',
    fullName: 'ExternalClientApp',
    element: 'enableClientSecretInRestApiAccess',
    clicks: inSettings('Allow access to External Client App consumer secrets via REST API'),
  },
  'consumer-secrets-by-metadata': {
    title: 'Allow Access to OAuth Consumer Secrets via Metadata API',
    type: 'ExternalClientAppSettings',
    fullName: 'ExternalClientApp',
    element: 'enableConsumerSecretApiAccess',
    clicks: inSettings('Allow Access to OAuth Consumer Secrets via Metadata API'),
  },
}

interface Component {
  readonly fullName?: string
  readonly [element: string]: unknown
}

/** Null: this org doesn't have the element, so nobody can say (absent is not off). */
export const readSwitch = async (org: OrgConnection, name: SwitchName): Promise<boolean | null> => {
  const { type, fullName, element } = orgSwitches[name]
  const connection = await org.jsforce()
  const read: unknown = await jsforceCall(`Reading ${type}`, () => connection.metadata.read(type as never, fullName))
  const component = (Array.isArray(read) ? (read as readonly unknown[])[0] : read) as Component | null | undefined
  const value = component?.[element]
  return value === undefined || value === null ? null : value === true || value === 'true'
}

/** Throws ORG_REFUSED with the org's own words. Looks afterwards whether it holds: some settings revert silently. */
export const setSwitch = async (org: OrgConnection, name: SwitchName, on: boolean): Promise<void> => {
  const { type, fullName, element, title } = orgSwitches[name]
  const connection = await org.jsforce()
  const change = { fullName, [element]: on }
  const saved: unknown = await jsforceCall(`Switching “${title}”`, () =>
    connection.metadata.update(type as never, change as never),
  )
  const result = (Array.isArray(saved) ? (saved as readonly unknown[])[0] : saved) as {
    readonly success?: boolean
    readonly errors?: unknown
  }
  if (result.success !== true) {
    const errors = (Array.isArray(result.errors) ? result.errors : [result.errors]) as readonly {
      readonly statusCode?: string
      readonly message?: string
    }[]
    const said = errors.map((error) => `${error?.statusCode ?? ''} ${error?.message ?? ''}`.trim()).join('; ')
    throw new KeyturnError('ORG_REFUSED', `“${title}” could not be switched ${on ? 'on' : 'off'}: ${said}`)
  }
  if ((await readSwitch(org, name)) !== on)
    throw new KeyturnError('ORG_REFUSED', `“${title}” was saved as ${on ? 'on' : 'off'} and reads otherwise`)
}
