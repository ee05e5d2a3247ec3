/** What each kind of credential may say in keyturn.yaml: one line a kind. Light: the configuration is read by every command. */
import * as z from 'zod'
import { commonSettings } from '../common-settings.ts'
import type { CommonSettings } from '../common-settings.ts'
import { certificateSettings } from './certificate/settings.ts'
import { callerSecretSettings } from './caller-secret/settings.ts'
import { connectedAppSettings } from './connected-app/settings.ts'
import { externalClientAppSettings } from './external-client-app/settings.ts'
import { passwordSettings } from './password/settings.ts'
import { securityTokenSettings } from './security-token/settings.ts'
import { masterKeySettings } from './master-key/settings.ts'
import { refreshTokenSettings } from './refresh-token/settings.ts'

const kindSettings = {
  'caller-secret': callerSecretSettings,
  'external-client-app': externalClientAppSettings,
  certificate: certificateSettings,
  'connected-app': connectedAppSettings,
  'master-key': masterKeySettings,
  'refresh-token': refreshTokenSettings,
  password: passwordSettings,
  'security-token': securityTokenSettings,
} as const

export type CredentialKind = keyof typeof kindSettings

export const credentialKinds = Object.keys(kindSettings) as readonly CredentialKind[]

const entryOf = (kind: CredentialKind) =>
  z.strictObject({ kind: z.literal(kind), ...commonSettings.shape, ...kindSettings[kind].shape })

const [first, ...others] = credentialKinds.map(entryOf)
if (first === undefined) throw new TypeError('there is no kind of credential')

export const credentialEntry = z.discriminatedUnion('kind', [first, ...others], {
  error: `needs a kind: ${credentialKinds.join(', ')}`,
})

export type CredentialEntry = { readonly kind: CredentialKind } & CommonSettings & Readonly<Record<string, unknown>>

const pick = (entry: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => keys.includes(key)))

/** What all credentials have, and what this kind has. */
export const splitEntry = (
  entry: CredentialEntry,
): { readonly common: CommonSettings; readonly settings: Readonly<Record<string, unknown>> } => ({
  common: pick(entry, Object.keys(commonSettings.shape)) as CommonSettings,
  settings: pick(entry, Object.keys(kindSettings[entry.kind].shape)),
})
