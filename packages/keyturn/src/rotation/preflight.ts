/** What is to be known before the first step: everything in the way, and which org switches the run will open. Changes nothing. */
import { KeyturnError } from '@keyturn/tokens'
import { orgSwitches, readSwitch } from '../org/switches.ts'
import type { SwitchName } from '../org/switches.ts'
import type { Problem } from './credential.ts'
import type { Rotator, StepContext } from './rotator.ts'

export type Before = Omit<StepContext, 'to'>

/** A switch that the rotator declares. */
export interface SwitchNow {
  readonly name: SwitchName
  readonly title: string
  /** Null: this user can't see it, or the org doesn't have it. */
  readonly on: boolean | null
}

/** What a check throws is in the way like what it returns; the others are still made. */
const foundBy = async (check: () => Promise<readonly Problem[]>): Promise<readonly Problem[]> => {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.kind === 'integrity' || error.code === 'STORE_UNAVAILABLE')
      throw error
    return [{ code: error.code, text: error.message, next: error.fix }]
  }
}

export const inTheWay = async (rotator: Rotator, before: Before): Promise<readonly Problem[]> => {
  const problems = [...(await foundBy(() => rotator.preflight(before)))]
  for (const name of before.common.destinations ?? []) {
    const found = await foundBy(async () => before.ports.destination(name).preflight())
    problems.push(...found.map(({ code, text, next }) => ({ code, text: `${name}: ${text}`, next })))
  }
  return problems
}

/**
 * Destinations that a run which is taken back would leave with the new value: nobody gave Keyturn the one in use, and they
 * keep no former values themselves. Nothing of it is in the way.
 */
export const oneWayDestinations = ({ from, common, ports }: Before): readonly string[] =>
  from !== null && from.fields.length > 0
    ? []
    : (common.destinations ?? []).filter((name) => {
        try {
          return ports.destination(name).rollBack === undefined
        } catch (error) {
          // One that can't be opened is in the way, and said there.
          if (error instanceof KeyturnError) return false
          throw error
        }
      })

export const switchesNow = async (rotator: Rotator, before: Before): Promise<readonly SwitchNow[]> => {
  const grant = rotator.orgOf(before.settings)
  if (grant === null) return []
  const looking = { ...before, keep: async () => undefined }
  const names = new Set<SwitchName>()
  const found: SwitchNow[] = []
  try {
    for (const { needs = [] } of rotator.steps)
      for (const name of typeof needs === 'function' ? await needs(looking) : needs) names.add(name)
    for (const name of names) {
      const on = await readSwitch(before.ports.org(grant), name).catch((error: unknown) => {
        if (error instanceof KeyturnError) return null
        throw error
      })
      found.push({ name, title: orgSwitches[name].title, on })
    }
    return found
  } catch (error) {
    // An org that can't be asked is in the way, and said there.
    if (error instanceof KeyturnError) return found
    throw error
  }
}
