/** Machines that are System Administrators. */
import { right, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-not-admin',
  title: 'No integration runs as a System Administrator',
  severity: 'critical',
  why: 'Whoever steals the integration’s credential is administrator of the org, without a second factor and at any hour.',
  remedy:
    'Make an integration user with the rights it needs (`keyturn provision integration-user`) and move the integration there.',
  effort: 'days',
  catalogues: { checklist: ['5'], sbs: ['SBS-ACS-008'] },
  profiles: { integration: {}, baseline: {}, strict: {}, sbs: {} },
  who: 'machines',
  wrong: 'the rights of a System Administrator',
  look: ({ systemAdministrator, profile }) =>
    systemAdministrator ? wrong('Has the System Administrator profile.', { profile }) : right,
})
