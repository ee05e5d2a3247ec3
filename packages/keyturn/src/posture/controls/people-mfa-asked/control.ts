/** Privileged people whom neither the org’s setting nor a permission set asks for a second factor. */
import { unknown } from '../../fact.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { privileged } from '../permissions.ts'
import { wrongUnlessElsewhere } from '../second-factor.ts'
import { userControl } from '../user-control.ts'
import { permission as exemption } from '../user-mfa-bypass/control.ts'

export const path = 'Security.sessionSettings.enableMFADirectUILoginOptIn'

/** Of logins to the user interface. Never TwoFactorApi: that one stops password logins through the API. */
export const permission = 'ForceTwoFactor'

export const control = userControl({
  id: 'people-mfa-asked',
  title: 'Privileged people are asked for a second factor',
  severity: 'critical',
  why: 'A registered method protects nobody who is never asked for it. Who can change everything is asked first, before the org’s setting asks all.',
  remedy:
    'Turn on the org’s setting, or give these people a permission set with Multi-Factor Authentication for User Interface Logins; not the one for API logins.',
  effort: 'minutes',
  catalogues: {},
  profiles: { baseline: {}, strict: {} },
  settings: [path],
  who: 'people',
  families: ['settings', 'logins'],
  wrong: 'not asked for a second factor',
  look: ({ username, systemAdministrator, permissions }, { facts }) =>
    given(permissions, (held) => {
      if (!systemAdministrator && !held.some((one) => privileged.includes(one))) return apart
      // Neither the org's setting nor the other permission asks whoever holds it.
      if (held.includes(exemption)) return wrong(`Is exempt: holds ${exemption}.`, { permission: exemption })
      if (held.includes(permission)) return right
      return given(facts.settings[path] ?? unknown('not-collected', 'this setting was not collected'), (on) =>
        String(on) === 'true' ? right : wrongUnlessElsewhere(username, facts, 'Nothing asks for a second factor.'),
      )
    }),
})
