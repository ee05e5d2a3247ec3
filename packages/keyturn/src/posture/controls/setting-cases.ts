/** The cases every control of a setting has; a folder gives its path, a value that is right and one that is wrong. */
import type { ControlCase } from '../control.ts'
import { known, unknown } from '../fact.ts'
import type { SettingValue } from '../facts.ts'
import { absent, hidden, profilelist } from './sample-facts.ts'

export interface SettingExample {
  readonly path: string
  readonly right: SettingValue
  readonly wrong: SettingValue
  readonly perProfile?: boolean
}

export const settingCases = ({ path, right, wrong, perProfile = false }: SettingExample): readonly ControlCase[] => {
  const subjects = [`setting:${path}`]
  const holding = (value: SettingValue) => ({ settings: { [path]: known(value) }, ...profilelist({}) })
  return [
    { name: 'as recommended', facts: holding(right), verdict: 'pass' },
    { name: 'as recommended, in words', facts: holding(String(right)), verdict: 'pass' },
    { name: 'not as recommended', facts: holding(wrong), verdict: 'fail', subjects },
    { name: 'not as recommended, in words', facts: holding(String(wrong)), verdict: 'fail', subjects },
    { name: 'not readable', facts: { settings: { [path]: hidden } }, verdict: 'unknown', subjects },
    { name: 'not collected', facts: {}, verdict: 'unknown', subjects },
    {
      name: 'refused',
      facts: { settings: { [path]: unknown('refused', 'the org answered 500') }, ...profilelist({}) },
      verdict: 'unknown',
    },
    { name: 'a value that cannot be', facts: holding('<b>yes</b>'), verdict: 'unknown', subjects },
    { name: 'the org does not have it', facts: { settings: { [path]: absent } }, verdict: 'not-applicable' },
    ...(perProfile ? overrideCases(path, right, wrong) : []),
  ]
}

const overrideCases = (path: string, right: SettingValue, wrong: SettingValue): readonly ControlCase[] => {
  const settings = { [path]: known(right) }
  const overrides = known({ [path]: wrong })
  return [
    {
      name: 'a profile loosens it',
      facts: { settings, ...profilelist({ name: 'Old', overrides }) },
      verdict: 'fail',
      subjects: [`profile:Old:${path}`],
    },
    {
      name: 'a profile that nobody has loosens it',
      facts: { settings, ...profilelist({ overrides, activeUsers: known(0) }) },
      verdict: 'pass',
    },
    {
      name: 'what profiles set cannot be read',
      facts: { settings, ...profilelist({ name: 'Old', overrides: hidden }) },
      verdict: 'unknown',
      subjects: [`profile:Old:${path}`],
    },
    {
      name: 'profiles cannot be read',
      facts: { settings, profiles: hidden },
      verdict: 'unknown',
      subjects: ['profiles'],
    },
  ]
}
