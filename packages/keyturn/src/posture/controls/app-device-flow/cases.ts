/** The device flow: the cases. */
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { hidden } from '../sample-facts.ts'

export const cases = appCases({ wrong: { flows: known(['web-server', 'device']) }, unknown: { flows: hidden } })
