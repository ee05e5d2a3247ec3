/**
 * Where the metadata of an app has its switches: connected apps in one file, external client apps in up to five. An edit
 * looks at what is there when it is applied, and touches that element alone.
 */
import { KeyturnError } from '@keyturn/tokens'
import { textOf, withElement } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import { valueAt } from '../change/same-body.ts'
import { partTypes } from '../collectors/apps/external-apps.ts'
import type { AppFact, AppPart } from '../facts.ts'

interface AppElement {
  readonly connected: readonly string[]
  readonly external: readonly [part: AppPart, ...path: string[]]
}

const flag = (name: string, external: string = name): AppElement => ({
  connected: ['oauthConfig', name],
  external: ['global', external],
})

export const appElements = {
  pkce: flag('isPkceRequired'),
  rotation: flag('isRefreshTokenRotationEnabled'),
  secretOptional: flag('isConsumerSecretOptional'),
  secretForRefresh: flag('isSecretRequiredForRefreshToken'),
  secretForExchange: flag('isSecretRequiredForTokenExchange'),
  introspection: flag('isIntrospectAllTokens'),
  deviceFlow: flag('isDeviceFlowEnabled'),
  clientCredentials: flag('isClientCredentialEnabled', 'isClientCredentialsFlowEnabled'),
  /** Of external client apps only: the app’s own switch is beside it. */
  clientCredentialsByPolicy: {
    connected: ['oauthConfig', 'isClientCredentialEnabled'],
    external: ['policies', 'isClientCredentialsFlowEnabled'],
  },
  idleLimit: flag('isEnforceRefreshTokenTTL'),
  jwtTokens: flag('isNamedUserJwtEnabled'),
  callbacks: flag('callbackUrl'),
  idTokenMinutes: {
    connected: ['oauthConfig', 'idTokenConfig', 'idTokenValidity'],
    external: ['global', 'idTokenConfig', 'idTokenValidity'],
  },
  scopes: { connected: ['oauthConfig', 'scopes'], external: ['oauth', 'commaSeparatedOauthScopes'] },
  trustedRanges: { connected: ['ipRanges'], external: ['oauth', 'trustedIpRanges'] },
  relaxation: { connected: ['oauthPolicy', 'ipRelaxation'], external: ['policies', 'ipRelaxationPolicyType'] },
  sessionMinutes: { connected: ['sessionPolicy', 'sessionTimeout'], external: ['policies', 'sessionTimeoutInMinutes'] },
} as const satisfies Readonly<Record<string, AppElement>>

/** Names the component that holds something of the app; null: the app has none. */
export const componentOf = (
  { kind, files }: AppFact,
  part: AppPart,
): { readonly type: string; readonly fullName: string } | null => {
  if (files === undefined || files === null) return null
  if (kind === 'connected') return { type: 'ConnectedApp', fullName: files.app }
  const fullName = files.parts[part]
  return fullName === undefined ? null : { type: partTypes[part], fullName }
}

/** What is gone when a fix is applied is no longer its business to make. */
export const present = (body: MetadataBody | null, what: string): MetadataBody => {
  if (body === null) throw new KeyturnError('ORG_REFUSED', `${what} is not in this org’s metadata any more`)
  return body
}

/** Changes one element of an app; null: no file of it was read that has it. */
export const appEdit = (
  app: AppFact,
  element: AppElement,
  to: (now: MetadataValue, body: MetadataBody) => MetadataValue,
): ComponentEdit | null => {
  const [part, ...inPart] = element.external
  const component = componentOf(app, part)
  if (component === null) return null
  const path = app.kind === 'connected' ? element.connected : inPart
  return {
    ...component,
    edit: (body) => {
      const is = present(body, `${component.type} ${component.fullName}`)
      return withElement(is, path, to(valueAt(is, path), is))
    },
  }
}

export const setTo = (app: AppFact, element: AppElement, value: string): ComponentEdit | null =>
  appEdit(app, element, () => value)

/** The smaller of what is there and what is asked: somebody may have made it stricter meanwhile. */
export const atMost = (app: AppFact, element: AppElement, most: number): ComponentEdit | null =>
  appEdit(app, element, (now) => {
    const is = Number(textOf(now) ?? Number.NaN)
    return is > 0 && is <= most ? now : String(most)
  })
