/**
 * What keyturn.yaml asks of controls instead of their profiles: other thresholds, and who or what is expected here. A
 * verdict that rests on it says so. A name or a kind of value that the control doesn't know is a mistake, never ignored.
 */
import { KeyturnError } from '@keyturn/tokens'
import { nearest } from '../../nearest.ts'
import type { Control, Parameters } from '../control.ts'

type OwnParameters = Readonly<Record<string, Parameters>>

const kindOf = (value: Parameters[string]): string => (Array.isArray(value) ? 'list of texts' : typeof value)

/** By name, the kind of value it has in the profiles. */
const kindsOf = ({ profiles }: Control): ReadonlyMap<string, string> =>
  new Map(
    Object.values(profiles).flatMap(({ because: _why, ...parameters }) =>
      Object.entries(parameters).map(([name, value]) => [name, kindOf(value)] as const),
    ),
  )

const requireKnown = (control: Control, own: Parameters): void => {
  const kinds = kindsOf(control)
  const fix = kinds.size === 0 ? 'It has no parameters.' : `Its parameters: ${[...kinds.keys()].join(', ')}.`
  for (const [name, value] of Object.entries(own)) {
    const kind = kinds.get(name)
    if (kind === undefined)
      throw new KeyturnError('CONFIG_INVALID', `controls.${control.id} has no parameter ${name}`, { fix })
    if (kind !== kindOf(value))
      throw new KeyturnError('CONFIG_INVALID', `controls.${control.id}.${name} must be a ${kind}`, { fix })
  }
}

/** A list of everybody would drown the verdict. */
const shown = (value: Parameters[string]): string =>
  Array.isArray(value) && value.length > 3
    ? `${value.slice(0, 3).join(' ')} and ${value.length - 3} more`
    : [value].flat().join(' ')

const asked = (own: Parameters): string =>
  Object.entries(own)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ')

const overridden = (control: Control, own: Parameters): Control => ({
  ...control,
  profiles: Object.fromEntries(
    Object.entries(control.profiles).map(([name, parameters]) => [name, { ...parameters, ...own }]),
  ),
  judge(facts, parameters, seen) {
    const judgement = control.judge(facts, parameters, seen)
    return { ...judgement, why: `${judgement.why}; keyturn.yaml sets ${asked(own)}` }
  },
})

export const withOwnParameters = (controls: readonly Control[], own: OwnParameters = {}): readonly Control[] => {
  const ids = controls.map(({ id }) => id)
  for (const id of Object.keys(own)) {
    if (ids.includes(id)) continue
    const near = nearest(id, ids)
    throw new KeyturnError(
      'CONFIG_INVALID',
      `controls.${id}: there is no such control${near === null ? '' : `; did you mean ${near}?`}`,
      { fix: 'docs/controls.md lists them.' },
    )
  }
  return controls.map((control) => {
    const mine = own[control.id]
    if (mine === undefined) return control
    requireKnown(control, mine)
    return overridden(control, mine)
  })
}
