/** Customers' and partners' second factor: the cases. */
import { known } from '../../fact.ts'
import { hidden, sampleUser } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const partner = sampleUser({ userType: 'PowerPartner', permissions: known(['ApiEnabled', 'ForceTwoFactor']) })

export const cases = userCases({
  right: partner,
  wrong: { ...partner, username: 'zoe@partner.example', permissions: known(['ApiEnabled']) },
  unknown: { ...partner, username: 'bob@partner.example', permissions: hidden },
  apart: sampleUser({ permissions: known(['ViewAllData']) }),
})
