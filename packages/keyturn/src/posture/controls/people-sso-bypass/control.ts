/** People who log in past the identity provider. */
import { unknown } from '../../fact.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'
import { userControl } from '../user-control.ts'

const setting = 'Security.singleSignOnSettings.enableSamlLogin'

export const control = userControl({
  id: 'people-sso-bypass',
  title: 'Few people can log in past the identity provider',
  severity: 'medium',
  why: 'Who keeps a password here keeps it when the identity provider has locked them out.',
  remedy: 'Require single sign-on of everybody but a few accounts for emergencies, and name those in `documented`.',
  effort: 'hours',
  catalogues: { sbs: ['SBS-AUTH-002'] },
  profiles: { strict: { documented: [] }, sbs: { documented: [] } },
  settings: [setting],
  who: 'people',
  families: ['settings', 'permissionNames'],
  wrong: 'can log in past the identity provider, without a reason on record',
  look: ({ username, permissions }, { facts, parameters }) => {
    const sso = facts.settings[setting] ?? unknown('not-collected', 'this setting was not collected')
    if (sso.is === 'known' && String(sso.value) !== 'true') return apart
    return given(facts.permissionNames, (names) => {
      const required = ['IsSsoEnabled', 'MustUseSso'].filter((name) => names.includes(name))
      if (required.length === 0) return apart
      return given(permissions, (held) =>
        required.some((name) => held.includes(name)) || listIn(parameters, 'documented').includes(username)
          ? right
          : given(sso, () => wrong('Single sign-on is not required of this person.', {})),
      )
    })
  },
})
