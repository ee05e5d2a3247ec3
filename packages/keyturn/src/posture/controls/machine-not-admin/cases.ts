/** Machines that are administrators: the cases. */
import { machine, sampleUser } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const admin = machine({ username: 'sync@example.com', systemAdministrator: true })

export const cases = userCases({
  right: machine(),
  wrong: admin,
  unknown: { ...admin, username: 'who@example.com', nature: { is: 'unknown', why: 'it never logged in' } },
  apart: sampleUser({ systemAdministrator: true }),
})
