/** What visitors who never logged in may do with records. */
import { listControl } from '../list-control.ts'
import { right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = listControl({
  id: 'guest-access',
  title: 'Visitors who did not log in reach no records',
  severity: 'critical',
  why: 'A guest profile is the whole internet: rights on an object there are read out by robots within days.',
  remedy:
    'Take the object rights from the guest profile; pages that must show something to everybody do so through code that asks for exactly that. Name what stays in `allowed` (OBJECT:right).',
  effort: 'days',
  catalogues: { sbs: ['SBS-CPORTAL-002'] },
  profiles: { strict: { allowed: [] }, sbs: { allowed: [] } },
  family: 'guestAccess',
  noun: ['right of guests', 'rights of guests'],
  wrong: 'open to everybody on the internet',
  subject: ({ profile, object }) => `guest:${profile}:${object}`,
  look: ({ object, rights }, { parameters }) => {
    const open = rights.filter((one) => !listIn(parameters, 'allowed').includes(`${object}:${one}`))
    return open.length === 0 ? right : wrong(`Guests may ${open.join(', ')} it.`, { rights: open.join(' ') })
  },
})
