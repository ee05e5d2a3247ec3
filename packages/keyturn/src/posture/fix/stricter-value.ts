/**
 * The value that a setting gets: the one nearest to what it has of those that are asked for, and never one that is looser
 * in any respect. Where values are words, their order is written down here; where two can't be compared (special
 * characters, or upper and lower case), only a value that demands both is stricter than either.
 */
import type { Parameters } from '../control.ts'
import { listIn } from '../controls/parameters.ts'
import type { SettingValue } from '../facts.ts'

/** From loose to strict. Metadata API guide, SecuritySettings: the enumerations of each element. */
const scales: Readonly<Record<string, readonly string[]>> = {
  sessionTimeout: [
    'TwentyFourHours',
    'TwelveHours',
    'EightHours',
    'FourHours',
    'TwoHours',
    'NinetyMinutes',
    'SixtyMinutes',
    'ThirtyMinutes',
    'FifteenMinutes',
  ],
  expiration: ['Never', 'OneYear', 'SixMonths', 'NinetyDays', 'SixtyDays', 'ThirtyDays'],
  lockoutInterval: ['FifteenMinutes', 'ThirtyMinutes', 'SixtyMinutes', 'Forever'],
  maxLoginAttempts: ['NoLimit', 'TenAttempts', 'FiveAttempts', 'ThreeAttempts'],
  questionRestriction: ['None', 'DoesNotContainPassword'],
}

/** What a password has to have, by the word of the setting. */
const demands: Readonly<Record<string, readonly string[]>> = {
  NoRestriction: [],
  AlphaNumeric: ['letter', 'number'],
  SpecialCharacters: ['letter', 'number', 'special'],
  UpperLowerCaseNumeric: ['letter', 'number', 'upper', 'lower', 'three kinds'],
  Any3UpperLowerCaseNumericSpecialCharacters: ['three kinds'],
  UpperLowerCaseNumericSpecialCharacters: ['letter', 'number', 'special', 'upper', 'lower', 'three kinds'],
}

/** How much stricter; null: not comparable, looser, or the same. */
const distance = (element: string, from: string, to: string): number | null => {
  if (element === 'complexity') {
    const [had, has] = [demands[from], demands[to]]
    if (had === undefined || has === undefined || !had.every((one) => has.includes(one))) return null
    return has.length > had.length ? has.length - had.length : null
  }
  const scale = scales[element] ?? []
  const [a, b] = [scale.indexOf(from), scale.indexOf(to)]
  return a < 0 || b <= a ? null : b - a
}

const flagOf = (value: SettingValue): boolean | null =>
  String(value) === 'true' ? true : String(value) === 'false' ? false : null

/**
 * `element`: the last part of the path. Null: it is so already, or what it is can't be compared. That a flag is strict
 * when it is as the control asks is the control's word; those that open something are no fixes (`setting-restricts`).
 */
export const stricterValue = (element: string, present: SettingValue, parameters: Parameters): SettingValue | null => {
  const { is, atLeast, atMost } = parameters
  const among = listIn(parameters, 'among')
  if (typeof is === 'boolean') return flagOf(present) === !is ? is : null
  if (among.length > 0) {
    const text = String(present)
    if (among.includes(text)) return null
    const steps = among.flatMap((to) => {
      const far = distance(element, text, to)
      return far === null ? [] : [[far, to] as const]
    })
    return steps.toSorted(([a], [b]) => a - b)[0]?.[1] ?? null
  }
  const number = typeof present === 'number' ? present : /^\d{1,9}$/.test(String(present)) ? Number(present) : null
  if (number === null) return null
  if (typeof atLeast === 'number') return number < atLeast ? atLeast : null
  return typeof atMost === 'number' && number > atMost ? atMost : null
}
