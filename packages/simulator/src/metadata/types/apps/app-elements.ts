/** Which element of an app's metadata is which switch of the app: one row each, read and deployed by the same row. */
import type { AppChange, SimApp } from '../../../state/apps.ts'
import type { AppSettings } from '../../../state/settings.ts'
import type { Json, JsonObject } from '../../elements.ts'

interface Mapped {
  readonly read: (app: SimApp) => Json | undefined
  readonly change: (value: Json) => AppChange
  /** What the element means where it is absent from a new app. */
  readonly initial: Json | null
}

export type Mapping = Readonly<Record<string, Mapped>>

type FlagName = {
  [Name in keyof AppSettings]: AppSettings[Name] extends boolean ? Name : never
}[keyof AppSettings]

export const flagOf = (setting: FlagName, initial: boolean): Mapped => ({
  read: (app) => app.settings[setting],
  change: (value) => ({ settings: { [setting]: value } }),
  initial,
})

const oppositeOf = (setting: FlagName, initial: boolean): Mapped => ({
  read: (app) => !app.settings[setting],
  change: (value) => ({ settings: { [setting]: value !== true } }),
  initial,
})

/** Two values of a setting as a checkbox. */
export const choiceOf = (setting: keyof AppSettings, off: string, on: string): Mapped => ({
  read: (app) => app.settings[setting] === on,
  change: (value) => ({ settings: { [setting]: value === true ? on : off } }),
  initial: false,
})

const idleLimitMs = 30 * 86_400_000

const idleLimit: Mapped = {
  read: (app) => app.settings.idleLimitMs !== null,
  change: (value) => ({ settings: { idleLimitMs: value === true ? idleLimitMs : null } }),
  initial: true,
}

const callbackUrl: Mapped = {
  read: (app) => (app.callbacks.length === 0 ? undefined : app.callbacks.join('\n')),
  change: (value) => ({
    callbacks: String(value)
      .split(/\s+/)
      .filter((url) => url !== ''),
  }),
  initial: null,
}

/** A bare key, as seeds have them, is no certificate, and isn't shown as one. */
const certificate: Mapped = {
  read: (app) => (app.publicKey?.includes('BEGIN CERTIFICATE') === true ? app.publicKey.trim() : undefined),
  change: (value) => ({ publicKey: value === '' ? null : String(value) }),
  initial: null,
}

/** Switches that both kinds of app have under the same name. */
export const oauthSwitches: Mapping = {
  callbackUrl,
  certificate,
  isConsumerSecretOptional: oppositeOf('secretRequiredForCode', false),
  isDeviceFlowEnabled: flagOf('deviceFlow', false),
  isEnforceRefreshTokenTTL: idleLimit,
  isIntrospectAllTokens: flagOf('introspectAllTokens', false),
  isNamedUserJwtEnabled: choiceOf('accessTokenFormat', 'opaque', 'jwt'),
  isPkceRequired: flagOf('pkceRequired', false),
  isRefreshTokenRotationEnabled: flagOf('rotation', false),
  isSecretRequiredForRefreshToken: flagOf('secretRequiredForRefresh', true),
}

export const readMapping = (mapping: Mapping, app: SimApp): JsonObject =>
  Object.fromEntries(
    Object.entries(mapping).flatMap(([name, { read }]) => {
      const value = read(app)
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** What a body asks of the app. `reset`: what it doesn't mention goes back to its initial value. */
export function changeBy(mapping: Mapping, body: JsonObject, reset: boolean): AppChange {
  const changes: AppChange[] = []
  for (const [name, { change, initial }] of Object.entries(mapping)) {
    const value = body[name]
    if (value !== undefined) changes.push(change(value))
    else if (reset && initial !== null) changes.push(change(initial))
    else if (reset && name === 'certificate') changes.push({ publicKey: null })
  }
  return together(changes)
}

export const together = (changes: readonly AppChange[]): AppChange =>
  changes.reduce<AppChange>((sum, one) => ({ ...sum, ...one, settings: { ...sum.settings, ...one.settings } }), {})
