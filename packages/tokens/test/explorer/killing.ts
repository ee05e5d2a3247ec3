/** Shows a mutant its configuration; says property, length of the schedule and states, or fails. */
import assert from 'node:assert/strict'
import { configurations } from './configurations.ts'
import { explore } from './explore.ts'
import type { Kill } from './kills.ts'
import { semantic, without } from './mutants.ts'

export const killed = ({ mutant, configuration, only }: Kill, cap: number): string => {
  const protocol = mutant.includes('/')
    ? without(...mutant.split('+'))
    : semantic.find(({ name }) => name === mutant)?.protocol
  const where = configurations.find(({ name }) => name === configuration)
  assert.ok(protocol !== undefined && where !== undefined, `${mutant} or ${configuration} does not exist`)
  const { violation, states } = explore(where, protocol, { cap, ...(only === undefined ? {} : { only }) })
  assert.ok(violation !== null, `${mutant} survives ${configuration} (${states} states)`)
  return `${mutant} → ${configuration}: ${violation.property}, ${violation.schedule.length} steps, ${states} states`
}
