/**
 * What profiles set instead of the org, translated into the org's words: the metadata of profiles has minutes, days and
 * codes where the org's settings have names.
 */

import type { Fact } from '../../fact.ts'
import type { SettingValue } from '../../facts.ts'
import { isOn, textOf } from '../../../org/metadata-component.ts'
import type { MetadataBody } from '../../../org/metadata-component.ts'
import type { Collecting } from '../../collector.ts'
import { attempt } from '../attempt.ts'
import { readsMetadata } from '../needs.ts'

type Overrides = Readonly<Record<string, SettingValue>>

const complexities = [
  'NoRestriction',
  'AlphaNumeric',
  'SpecialCharacters',
  'UpperLowerCaseNumeric',
  'UpperLowerCaseNumericSpecialCharacters',
  'Any3UpperLowerCaseNumericSpecialCharacters',
]
const expirations: Readonly<Record<number, string>> = {
  0: 'Never',
  30: 'ThirtyDays',
  60: 'SixtyDays',
  90: 'NinetyDays',
  180: 'SixMonths',
  365: 'OneYear',
}
const lockouts: Readonly<Record<number, string>> = {
  0: 'Forever',
  15: 'FifteenMinutes',
  30: 'ThirtyMinutes',
  60: 'SixtyMinutes',
}
const attempts: Readonly<Record<number, string>> = {
  0: 'NoLimit',
  3: 'ThreeAttempts',
  5: 'FiveAttempts',
  10: 'TenAttempts',
}
const timeouts: Readonly<Record<number, string>> = {
  15: 'FifteenMinutes',
  30: 'ThirtyMinutes',
  60: 'SixtyMinutes',
  90: 'NinetyMinutes',
  120: 'TwoHours',
  240: 'FourHours',
  480: 'EightHours',
  720: 'TwelveHours',
  1440: 'TwentyFourHours',
}

/** Both ways: what the profile's text means, and what a value of the org's is in its text. */
interface Translate {
  (text: string): SettingValue | undefined
  readonly back: (value: SettingValue) => string | undefined
}

const both = (there: (text: string) => SettingValue | undefined, back: Translate['back']): Translate =>
  Object.assign((text: string) => there(text), { back })

const asNumber = both(
  (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined),
  (value) => (Number.isFinite(Number(value)) ? String(value) : undefined),
)
const asFlag = both(isOn, (value) => (typeof value === 'boolean' ? String(value) : undefined))
/** A number without a name stays a number. */
const named = (names: Readonly<Record<number, string>>): Translate =>
  both(
    (text) => names[Number(text)] ?? asNumber(text),
    (value) => Object.entries(names).find(([, name]) => name === value)?.[0],
  )
const asCode = both(
  (text) => complexities[Number(text)],
  (value) => (complexities.includes(String(value)) ? String(complexities.indexOf(String(value))) : undefined),
)
const asQuestion = both(
  (text) => (text === '1' ? 'DoesNotContainPassword' : 'None'),
  (value) => (value === 'DoesNotContainPassword' ? '1' : value === 'None' ? '0' : undefined),
)

const passwords: Readonly<Record<string, readonly [path: string, translate: Translate]>> = {
  minimumPasswordLength: ['minimumPasswordLength', asNumber],
  passwordHistory: ['historyRestriction', asNumber],
  passwordComplexity: ['complexity', asCode],
  passwordExpiration: ['expiration', named(expirations)],
  lockoutInterval: ['lockoutInterval', named(lockouts)],
  maxLoginAttempts: ['maxLoginAttempts', named(attempts)],
  minimumPasswordLifetime: ['minimumPasswordLifetime', asFlag],
  obscure: ['obscureSecretAnswer', asFlag],
  passwordQuestion: ['questionRestriction', asQuestion],
}
const sessions: typeof passwords = {
  sessionTimeout: ['sessionTimeout', named(timeouts)],
  forceLogout: ['forceLogoutOnSessionTimeout', asFlag],
}

const translated = (body: MetadataBody, group: string, words: typeof passwords): Overrides =>
  Object.fromEntries(
    Object.entries(words).flatMap(([element, [path, translate]]) => {
      const said = textOf(body[element])
      const value = said === null ? undefined : translate(said)
      return value === undefined ? [] : [[`Security.${group}.${path}`, value]]
    }),
  )

const groups: readonly (readonly [type: string, group: string, words: typeof passwords])[] = [
  ['ProfilePasswordPolicy', 'passwordPolicies', passwords],
  ['ProfileSessionSetting', 'sessionSettings', sessions],
]

/** Where a profile sets a path of the org's, and in which words. Null: it can't, or not to that value. */
export const inProfile = (
  path: string,
  value: SettingValue,
): { readonly type: string; readonly element: string; readonly text: string } | null => {
  for (const [type, group, words] of groups)
    for (const [element, [name, translate]] of Object.entries(words))
      if (path === `Security.${group}.${name}`) {
        const text = translate.back(value)
        return text === undefined ? null : { type, element, text }
      }
  return null
}

/** What a profile's component says of a path, in the org's words. */
export const fromProfile = (path: string, body: MetadataBody): SettingValue | undefined => {
  for (const [, group, words] of groups) {
    const value = translated(body, group, words)[path]
    if (value !== undefined) return value
  }
  return undefined
}

interface Overridden {
  readonly values: Overrides
  /** Name of the component, by its type. */
  readonly by: Readonly<Record<string, string>>
}

/** By the name of the profile as its metadata has it, in lower case: the platform writes it that way, too. */
export const readOverrides = async ({
  ask,
  own,
}: Pick<Collecting, 'ask' | 'own'>): Promise<Fact<ReadonlyMap<string, Overridden>>> =>
  attempt(readsMetadata('password and session policies of profiles'), own, async () => {
    const found = new Map<string, Overridden>()
    for (const [type, group, words] of groups) {
      const names = (await ask.listed(type)).map(({ fullName }) => fullName)
      for (const [fullName, body] of await ask.components(type, names)) {
        const profile = textOf(body['profile'])?.toLowerCase()
        if (profile === undefined || isOn(body['isDisabled'])) continue
        const before = found.get(profile)
        found.set(profile, {
          values: { ...before?.values, ...translated(body, group, words) },
          by: { ...before?.by, [type]: fullName },
        })
      }
    }
    return found
  })
