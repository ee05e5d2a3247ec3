/** How an exploration is told to people: counts in a line, a broken property with its schedule. */
import type { Exploration } from './explore.ts'

export const report = (result: Exploration): string => {
  const { configuration, states, atRest, exhausted, violation } = result
  const counts = `${configuration}: ${states} states, ${atRest} at rest, ${exhausted ? 'exhausted' : 'capped'}`
  if (violation === null) return counts
  const steps = violation.schedule.map((step) => `  - ${step}`)
  return [counts, `${violation.property}: ${violation.text}`, ...steps].join('\n')
}
