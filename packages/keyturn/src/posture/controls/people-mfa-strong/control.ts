/** Privileged people with a factor that cannot be phished. */
import { apart, given, right } from '../looks.ts'
import { privileged } from '../permissions.ts'
import { wrongUnlessElsewhere } from '../second-factor.ts'
import { userControl } from '../user-control.ts'

const strong = ['security-key', 'built-in-authenticator']

export const control = userControl({
  id: 'people-mfa-strong',
  title: 'Privileged people have a factor that cannot be phished',
  severity: 'high',
  why: 'A code or a push can be asked for by a false page or a caller; a key only answers to the real one. Salesforce requires it of administrators since July 2026.',
  remedy: 'Register a security key or the built-in authenticator of the device, two of them.',
  effort: 'days',
  catalogues: {},
  profiles: { baseline: {}, strict: {} },
  who: 'people',
  wrong: 'the second factor can be phished',
  families: ['logins'],
  look: ({ username, systemAdministrator, permissions, mfaMethods }, { facts }) => {
    const look = () =>
      given(mfaMethods, (methods) =>
        methods.some((method) => strong.includes(method))
          ? right
          : wrongUnlessElsewhere(username, facts, 'No security key and no built-in authenticator is registered.', {
              methods: methods.join(' '),
            }),
      )
    if (systemAdministrator) return look()
    return given(permissions, (held) => (held.some((permission) => privileged.includes(permission)) ? look() : apart))
  },
})
