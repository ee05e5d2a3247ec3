/** The cases every control of a setting has; a folder gives its path, a value that is right and one that is wrong. */
import type { Control, ControlCase, ProfileName } from '../control.ts'
import { known, unknown } from '../fact.ts'
import type { SettingValue } from '../facts.ts'
import { absent, hidden, profilelist } from './sample-facts.ts'

interface SettingExample {
  readonly control: Control
  readonly path: string
  readonly right: SettingValue
  readonly wrong: SettingValue
  readonly perProfile?: boolean
  /** A value that one profile takes and another does not, where they ask for different ones. */
  readonly parting?: { readonly value: SettingValue; readonly good: ProfileName; readonly bad: ProfileName }
}

export const settingCases = ({
  control,
  path,
  right,
  wrong,
  perProfile = false,
  parting,
}: SettingExample): readonly ControlCase[] => {
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
    ...(perProfile ? overrideCases(control, path, right, wrong) : []),
    ...(parting === undefined
      ? []
      : [
          caseOf(control, parting.good, { facts: holding(parting.value), verdict: 'pass' }),
          caseOf(control, parting.bad, { facts: holding(parting.value), verdict: 'fail', subjects }),
        ]),
  ]
}

/** A case with the parameters of a profile. */
const caseOf = (
  control: Control,
  profile: ProfileName,
  rest: Omit<ControlCase, 'name' | 'parameters'>,
): ControlCase => ({
  name: `a value that profiles differ on, for ${profile}`,
  parameters: control.profiles[profile] ?? {},
  ...rest,
})

const overrideCases = (
  control: Control,
  path: string,
  right: SettingValue,
  wrong: SettingValue,
): readonly ControlCase[] => {
  const settings = { [path]: known(right) }
  const overrides = known({ [path]: wrong })
  return [
    {
      name: 'a profile loosens it',
      facts: { settings, ...profilelist({ name: 'Old', overrides }) },
      verdict: 'fail',
      subjects: [`profile:Old:${path}`],
    },
    caseOf(control, 'health-check', {
      facts: { settings, ...profilelist({ name: 'Old', overrides }) },
      verdict: 'pass',
    }),
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
