/**
 * The form of a control that compares one setting of the org with what is recommended. The parameters say what is:
 * `is`, `among`, `atLeast` or `atMost`, so that profiles can differ in the value and nothing else. Where a profile
 * (the user's) can set it instead of the org, what a user really gets is judged: the org's value and every override of
 * a profile that active users have.
 */
import type { Control, Parameters } from '../control.ts'
import type { Fact } from '../fact.ts'
import { unknown } from '../fact.ts'
import type { ProfileFact, SettingValue } from '../facts.ts'
import type { ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import { counted } from './counted.ts'
import type { Answer, Look } from './looks.ts'
import { apart, given, judgementOf, right, unsure, wrong } from './looks.ts'
import { flagIn, listIn } from './parameters.ts'

interface SettingControl extends Omit<ControlText, 'settings'> {
  readonly path: string
  /** Profiles can set it instead of the org. */
  readonly perProfile?: boolean
}

const numeric = (value: SettingValue): number | null =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && /^\d{1,9}(\.\d+)?$/.test(value)
      ? Number(value)
      : null

/** Metadata gives words, and a parser may have made `true` and numbers of them, or not. */
const same = (value: SettingValue, wanted: SettingValue): boolean | null => {
  if (typeof wanted !== 'boolean') return String(value) === String(wanted)
  return String(value) === 'true' ? wanted : String(value) === 'false' ? !wanted : null
}

/** Null: the value is none that this setting can have, or the parameters say nothing. */
const meets = (value: SettingValue, parameters: Parameters): boolean | null => {
  const { is, atLeast, atMost } = parameters
  const among = listIn(parameters, 'among')
  if (typeof is === 'boolean' || typeof is === 'string') return same(value, is)
  if (among.length > 0) return typeof value === 'string' && /^\w{1,60}$/.test(value) ? among.includes(value) : null
  const number = numeric(value)
  if (number === null) return null
  if (typeof atLeast === 'number') return number >= atLeast
  return typeof atMost === 'number' ? number <= atMost : null
}

const wantedText = (parameters: Parameters): string => {
  const { is, atLeast, atMost } = parameters
  if (is !== undefined) return String(is)
  if (atLeast !== undefined) return `at least ${String(atLeast)}`
  if (atMost !== undefined) return `at most ${String(atMost)}`
  return listIn(parameters, 'among').join(' or ')
}

const look = (value: SettingValue, parameters: Parameters): Answer => {
  const facts = { value: Array.isArray(value) ? value.join(' ') : (value as string | number | boolean) }
  const met = meets(value, parameters)
  if (met === null)
    return unsure(`It has a value that is not understood here; ${wantedText(parameters)} is asked for.`, facts)
  return met ? right : wrong(`It is ${String(facts.value)}; ${wantedText(parameters)} is asked for.`, facts)
}

const overridden = (profile: ProfileFact, path: string, parameters: Parameters): Look => {
  const subject = `profile:${profile.name}:${path}`
  if (profile.activeUsers.is === 'known' && profile.activeUsers.value === 0) return { ...apart, subject }
  const answer = given(profile.overrides, (overrides) => {
    const value = overrides[path]
    return value === undefined ? apart : look(value, parameters)
  })
  return { ...answer, subject }
}

export const settingControl = ({ path, perProfile = false, ...text }: SettingControl): Control =>
  controlOf(
    { ...text, settings: [path] },
    perProfile ? ['settings', 'profiles'] : ['settings'],
    ({ facts, parameters }) => {
      const fact: Fact<SettingValue> =
        facts.settings[path] ?? unknown('not-collected', 'this setting was not collected')
      const subject = `setting:${path}`
      // An org that doesn't have the feature can't have it wrong; absent is not off.
      const ofOrg: Look =
        fact.is === 'unknown' && fact.why === 'not-provisioned'
          ? { ...apart, subject }
          : { ...given(fact, (value) => look(value, parameters)), subject }
      const { profiles } = facts
      const looksAtProfiles = perProfile && flagIn(parameters, 'overrides', true) && ofOrg.verdict !== 'not-applicable'
      const ofProfiles: readonly Look[] = !looksAtProfiles
        ? []
        : profiles.is === 'known'
          ? profiles.value.map((profile) => overridden(profile, path, parameters))
          : [{ ...given(profiles, () => right), subject: 'profiles' }]
      const name = path.slice(path.lastIndexOf('.') + 1)
      const judged = judgementOf([ofOrg, ...ofProfiles], { noun: ['value in force', 'values in force'], wrong: name })
      if (judged.verdict !== 'fail') return judged
      const elsewhere = ofProfiles.filter(({ verdict }) => verdict === 'fail').length
      const why = [
        ...(ofOrg.verdict === 'fail' ? [`${name} is ${String(ofOrg.facts?.['value'])}`] : []),
        ...(elsewhere > 0
          ? [`${counted(elsewhere, 'profile')} ${elsewhere === 1 ? 'sets' : 'set'} another ${name}`]
          : []),
        `${wantedText(parameters)} is asked for`,
        ...((judged.undecided ?? []).length > 0 ? [`${(judged.undecided ?? []).length} could not be judged`] : []),
      ]
      return { ...judged, why: why.join('; ') }
    },
  )
