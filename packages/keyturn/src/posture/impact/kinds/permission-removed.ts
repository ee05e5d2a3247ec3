/** A permission is taken away. What a login needs of it is known for a few; of the others only that somebody may miss it. */
import type { Judge, Verdict } from '../judge.ts'
import { certain, possible, unseen } from '../judge.ts'
import type { Seen } from '../seen.ts'
import { lower } from '../seen.ts'
import type { Use } from '../use.ts'
import { mfaAsked } from './mfa.ts'

type ByPermission = (use: Use, seen: Seen) => Verdict

const isApi = ({ kind }: Use): boolean => kind === 'oauth' || kind === 'soap' || kind === 'oauth-password'

const known: Readonly<Record<string, ByPermission>> = {
  ApiEnabled: (use) => {
    if (isApi(use)) return certain('It uses the API.')
    return use.from === 'login'
      ? unseen('whether a tool of theirs uses the API by the session of their browser, which leaves no login')
      : null
  },
  UseAnyApiAuth: (use) =>
    use.kind === 'soap'
      ? possible('It logs in by SOAP login(), which needs this permission from Winter ’27 on.')
      : null,
  UseAnyApiClient: (use) =>
    isApi(use) ? possible('Under API Access Control it needs an app that is allowed and permitted to it.') : null,
  CanApproveUninstalledApps: (use, seen) => {
    const owner = seen.apps.ownerOf(use)
    const installed = owner !== null && owner.origin.is === 'known' && owner.origin.value !== 'uninstalled'
    return use.kind !== 'oauth' || installed
      ? null
      : possible('Its app may not be installed: what was authorised goes on, except by the device flow.')
  },
  BypassMFAForUiLogins: (use, seen) => mfaAsked(use, false, seen),
  SkipIdentityConfirmation: (use) =>
    use.kind === 'person' ? possible('On a new device it is asked for a code by mail or phone.') : null,
  PasswordNeverExpires: (use) => {
    if (use.kind === 'person') return possible('At the next login it may have to choose a new password.')
    return use.kind === 'soap' || use.kind === 'oauth-password'
      ? possible('It logs in with a password, which would expire by the policy, at once where it is older than that.')
      : null
  },
}

export const permissionRemoved: Judge<'permission-removed'> = {
  needs: ['users', 'tokens', 'logins'],
  prepare: ({ permission, users }, seen) => {
    const meant = new Set(users.map(lower))
    const judge: ByPermission =
      known[permission] ?? (() => possible(`Whether what it does needs ${permission} no login shows.`))
    return (use) => (meant.has(use.who) ? judge(use, seen) : null)
  },
}
