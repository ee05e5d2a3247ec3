/** People who can take everything out at once. */
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'
import { exfiltration } from '../permissions.ts'
import { userControl } from '../user-control.ts'

/** Seeing who works here is no export. */
const asked = exfiltration.filter((permission) => permission !== 'ViewAllUsers')

export const control = userControl({
  id: 'people-exfiltration',
  title: 'Few people can take everything out at once',
  severity: 'medium',
  why: 'Export, hard delete and sight of all data or files ignore sharing and field rights: one stolen session is a copy of the company.',
  remedy: 'Take the permission away, or name the person in `documented` (or a waiver) with the reason.',
  effort: 'hours',
  catalogues: {},
  profiles: { strict: { documented: [] } },
  who: 'people',
  wrong: 'can take everything out, without a reason on record',
  look: ({ username, permissions, systemAdministrator }, { parameters }) =>
    given(permissions, (held) => {
      const found = asked.filter((permission) => held.includes(permission))
      // Administrators are counted by another control.
      return found.length === 0 || systemAdministrator || listIn(parameters, 'documented').includes(username)
        ? right
        : wrong(`Holds ${found.join(', ')}.`, { permissions: found.join(' ') })
    }),
})
