/** Apps without OAuth: the cases. */
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { hidden } from '../sample-facts.ts'

export const cases = appCases({ wrong: { oauth: known(false) }, unknown: { oauth: hidden } })
