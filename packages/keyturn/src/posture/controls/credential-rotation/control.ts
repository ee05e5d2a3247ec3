/** Credentials with a rotation schedule that is kept. */
import { controlOf } from '../asked.ts'
import type { Look } from '../looks.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

export const control = controlOf(
  {
    id: 'credential-rotation',
    title: 'Every credential is rotated on a schedule',
    severity: 'medium',
    why: 'What is not rotated stays with everybody who ever saw it, and the first rotation must not be the one in an incident.',
    remedy: 'Give every credential a schedule (`keyturn schedule`), and rotate what is late.',
    effort: 'hours',
    catalogues: {
      checklist: ['9'],
      shr: ['shr_configure_oauth_policies_stage_rotate_and_delete_oauth_credentials_for_an_external_client_app'],
    },
    profiles: {
      integration: {},
      baseline: {},
      strict: {},
    },
  },
  ['keyturn'],
  ({ facts: { keyturn } }) => {
    if (keyturn.is === 'unknown') return unknownFamily('keyturn', keyturn)
    const { scheduled, overdue, unscheduled } = keyturn.value
    const looks: readonly Look[] = [
      ...scheduled.map((name) => ({
        ...(overdue.includes(name) ? wrong('Its rotation is late.', { overdue: true }) : right),
        subject: `credential:${name}`,
      })),
      ...unscheduled.map((name) => ({
        ...wrong('It has no schedule.', { scheduled: false }),
        subject: `credential:${name}`,
      })),
    ]
    return judgementOf(looks, { noun: ['credential', 'credentials'], wrong: 'late, or without a schedule' })
  },
)
