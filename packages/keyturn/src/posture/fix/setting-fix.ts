/**
 * The form of a fix of one setting: of the org's own element, and of every profile that sets it instead. Where a control
 * reads one path of `settings`, the component, the element and the value follow from the path and from what is asked.
 */
import { KeyturnError } from '@keyturn/tokens'
import { withElement } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import { valueAt } from '../change/same-body.ts'
import { fromProfile, inProfile } from '../collectors/profiles/profile-overrides.ts'
import type { Control, Parameters } from '../control.ts'
import type { SettingValue } from '../facts.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Fix, PlannedFix, Unfixable } from './fix.ts'
import { settingEffects } from './setting-restricts.ts'
import { stricterValue } from './stricter-value.ts'

const lastOf = (path: string): string => path.split('.').at(-1) ?? path

const gone = (what: string): KeyturnError =>
  new KeyturnError(
    'ORG_REFUSED',
    `${what} is not in this org’s metadata any more: absent is not off, so nothing is set`,
  )

/** Of what is there when it is applied: what somebody made strict meanwhile stays as it is. */
const orgEdit = (path: string, parameters: Parameters): ComponentEdit => {
  const [member = '', ...elements] = path.split('.')
  return {
    type: 'Settings',
    root: `${member}Settings`,
    fullName: member,
    edit: (body) => {
      const present = valueAt(body, elements)
      if (body === null || present === undefined || present === null || typeof present === 'object') throw gone(path)
      const to = stricterValue(lastOf(path), present, parameters)
      return to === null ? body : withElement(body, elements, String(to))
    },
  }
}

const profileEdit = (path: string, parameters: Parameters, component: ComponentEdit): ComponentEdit => ({
  ...component,
  edit: (body: MetadataBody | null) => {
    const present = body === null ? undefined : fromProfile(path, body)
    if (body === null || present === undefined) throw gone(`${component.type} ${component.fullName}: ${path}`)
    const to = stricterValue(lastOf(path), present, parameters)
    const words = to === null ? null : inProfile(path, to)
    return words === null ? body : withElement(body, [words.element], words.text)
  },
})

interface Place {
  readonly of: string
  readonly profile: string | null
  readonly present: SettingValue
  readonly component: ComponentEdit
}

/** A sentence: why it can't be set from here. */
const placeOf = (subject: string, path: string, parameters: Parameters, snapshot: Snapshot): Place | string => {
  const { settings, profiles } = snapshot.facts
  if (subject === `setting:${path}`) {
    const fact = settings[path]
    if (fact?.is !== 'known') return `What it is now is not known: ${fact?.text ?? 'it was not read'}.`
    return { of: 'the org', profile: null, present: fact.value, component: orgEdit(path, parameters) }
  }
  const owner =
    profiles.is === 'known' ? profiles.value.find(({ name }) => subject === `profile:${name}:${path}`) : undefined
  if (owner === undefined || owner.overrides.is !== 'known') return 'What the profile sets was not read.'
  const present = owner.overrides.value[path]
  const words = present === undefined ? null : inProfile(path, present)
  const fullName = words === null ? undefined : owner.overriddenBy?.[words.type]
  if (present === undefined || words === null || fullName === undefined)
    return 'Which component sets it for the profile was not read.'
  const component = { type: words.type, fullName, edit: (body: MetadataBody | null) => body ?? {} }
  return {
    of: `the profile ${owner.name}`,
    profile: owner.name,
    present,
    component: profileEdit(path, parameters, component),
  }
}

const planOne = (
  subject: string,
  {
    control,
    path,
    parameters,
    snapshot,
  }: { control: Control; path: string; parameters: Parameters; snapshot: Snapshot },
): PlannedFix | Unfixable => {
  const effect = settingEffects[path]
  if (effect === undefined) return { subject, why: control.remedy }
  const place = placeOf(subject, path, parameters, snapshot)
  if (typeof place === 'string') return { subject, why: place }
  const to = stricterValue(lastOf(path), place.present, parameters)
  if (to === null || (place.profile !== null && inProfile(path, to) === null))
    return { subject, why: `No value that is asked for is stricter in every respect than ${String(place.present)}.` }
  const found = effect({ snapshot, profile: place.profile, to })
  if (found.is === 'by-hand') return { subject, why: found.why }
  return {
    subjects: [subject],
    change: {
      title: `${control.title}: ${lastOf(path)} of ${place.of} from ${String(place.present)} to ${String(to)}`,
      components: [place.component],
      records: [],
      clicks: [],
    },
    restricts: found.restricts,
    ...(found.untold.length === 0 ? {} : { untold: found.untold }),
  }
}

/** Null: the control is about something else than one setting of the org. */
export const settingFix = (control: Control): Fix | null => {
  const [path, ...more] = control.settings ?? []
  if (path === undefined || more.length > 0 || !(path in settingEffects)) return null
  return {
    control: control.id,
    plan: (findings, snapshot, parameters) => {
      const planned = findings.map(({ subject }) => planOne(subject, { control, path, parameters, snapshot }))
      return {
        fixes: planned.filter((one): one is PlannedFix => 'change' in one),
        unfixable: planned.filter((one): one is Unfixable => 'subject' in one),
      }
    },
  }
}
