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
import { readsMetadata } from '../settings.ts'

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

type Translate = (text: string) => SettingValue | undefined
/** A number without a name stays a number. */
const named =
  (names: Readonly<Record<number, string>>): Translate =>
  (text) =>
    names[Number(text)] ?? asNumber(text)
const asNumber: Translate = (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined)
const asFlag: Translate = (text) => isOn(text)

const passwords: Readonly<Record<string, readonly [path: string, translate: Translate]>> = {
  minimumPasswordLength: ['minimumPasswordLength', asNumber],
  passwordHistory: ['historyRestriction', asNumber],
  passwordComplexity: ['complexity', (text) => complexities[Number(text)]],
  passwordExpiration: ['expiration', named(expirations)],
  lockoutInterval: ['lockoutInterval', named(lockouts)],
  maxLoginAttempts: ['maxLoginAttempts', named(attempts)],
  minimumPasswordLifetime: ['minimumPasswordLifetime', asFlag],
  obscure: ['obscureSecretAnswer', asFlag],
  passwordQuestion: ['questionRestriction', (text) => (text === '1' ? 'DoesNotContainPassword' : 'None')],
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

/** By the name of the profile as its metadata has it, in lower case: the platform writes it that way, too. */
export const readOverrides = async ({
  ask,
  own,
}: Pick<Collecting, 'ask' | 'own'>): Promise<Fact<ReadonlyMap<string, Overrides>>> =>
  attempt(readsMetadata('password and session policies of profiles'), own, async () => {
    const found = new Map<string, Overrides>()
    const read = async (type: string, group: string, words: typeof passwords): Promise<void> => {
      const names = (await ask.listed(type)).map(({ fullName }) => fullName)
      for (const body of (await ask.components(type, names)).values()) {
        const profile = textOf(body['profile'])?.toLowerCase()
        if (profile === undefined || isOn(body['isDisabled'])) continue
        found.set(profile, { ...found.get(profile), ...translated(body, group, words) })
      }
    }
    await read('ProfilePasswordPolicy', 'passwordPolicies', passwords)
    await read('ProfileSessionSetting', 'sessionSettings', sessions)
    return found
  })
