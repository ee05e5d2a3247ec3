/** Ready-made orgs by name. */
import type { OrgSpec } from '../state/seed.ts'
import { legacyCompany } from './legacy-company/legacy-company.ts'
import type { ScenarioOptions } from './scenario-options.ts'

const scenarios = { 'legacy-company': legacyCompany } as const

export type ScenarioName = keyof typeof scenarios

export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[]

/** The spec of an org, for `startSimulator({ orgs: [scenario('legacy-company')] })`. */
export function scenario(name: ScenarioName, options: ScenarioOptions = {}): OrgSpec {
  const make = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined
  if (make === undefined) throw new Error(`There is no scenario "${name}"; known are: ${scenarioNames.join(', ')}`)
  return make(options)
}
