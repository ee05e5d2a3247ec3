/** Whom the client-credentials flow runs as: a machine that can do little, never an administrator. */
import { appControl } from '../app-control.ts'
import { apart, given, notKnown, right, unsure, wrong } from '../looks.ts'
import { broadForMachines } from '../permissions.ts'

export const control = appControl({
  id: 'app-client-credentials-user',
  title: 'The client-credentials flow runs as a machine with few rights',
  severity: 'critical',
  why: 'Whoever has the secret is that user. Run as an administrator, a leaked secret is the whole org.',
  remedy:
    'Give the flow an integration user of its own, API only, with the permissions it needs (`keyturn provision integration-user`).',
  effort: 'hours',
  catalogues: { shr: ['shr_configure_oauth_policies_configure_client_credential_flow_policies'] },
  profiles: { baseline: {}, strict: {} },
  wrong: 'the secret opens more than an integration needs',
  changedBy: 'org',
  families: ['users'],
  look: ({ flows, runsAs }, { facts: { users } }) =>
    given(flows, (used) => {
      if (!used.includes('client-credentials')) return apart
      return given(runsAs, (username) => {
        // The flow lets nobody in until somebody is set.
        if (username === null) return apart
        if (users.is === 'unknown') return notKnown(users)
        const user = users.value.find((one) => one.username === username)
        if (user === undefined)
          return unsure('The user it runs as is not among those that were read.', { runsAs: username })
        if (user.systemAdministrator) return wrong('It runs as a System Administrator.', { runsAs: username })
        return given(user.permissions, (permissions) => {
          const broad = permissions.filter((permission) => broadForMachines.includes(permission))
          if (broad.length > 0) return wrong(`The user it runs as has ${broad.join(', ')}.`, { runsAs: username })
          return permissions.includes('ApiUserOnly')
            ? right
            : wrong('The user it runs as can log in to the user interface too.', { runsAs: username })
        })
      })
    }),
})
