/** Apps that are used and that nobody installed: no policy of this org applies to them. */
import { counted } from '../counted.ts'
import { appSubject, isUninstalled } from '../app-control.ts'
import { controlOf } from '../asked.ts'
import type { Look } from '../looks.ts'
import { apart, given, judgementOf, right, unknownFamily, unsure, wrong } from '../looks.ts'

export const control = controlOf(
  {
    id: 'app-uninstalled-tokens',
    title: 'Every app that holds tokens is installed',
    severity: 'critical',
    why: 'An app that lives only in what people approved has no permitted users, no IP policy and no lifetime here; the administrator sees it in a usage list at best.',
    remedy:
      'Install the app and set its policies, or revoke its tokens and block it. See first who uses it and from where.',
    effort: 'hours',
    catalogues: { sbs: ['SBS-OAUTH-001'] },
    profiles: { baseline: {}, strict: {}, sbs: {} },
  },
  ['apps', 'tokens'],
  ({ facts: { apps, tokens } }) => {
    if (apps.is === 'unknown') return unknownFamily('apps', apps)
    const looks: readonly Look[] = apps.value.map((app) => {
      const subject = appSubject(app)
      if (app.origin.is === 'unknown') return { ...given(app.origin, () => apart), subject }
      if (!isUninstalled(app) || (app.blocked.is === 'known' && app.blocked.value)) return { ...right, subject }
      const used = app.tokens.is === 'known' ? app.tokens.value : { count: 0, users: 0 }
      const facts = { label: app.label, tokens: used.count, users: used.users, origin: 'uninstalled' }
      const text = `${counted(used.count, 'token')} of ${counted(used.users, 'user')}. Its owner is another org: install it to set policies here.`
      return { ...wrong(text, facts), subject }
    })
    // Uninstalled apps are known by their tokens only: with some unread, one may be missing.
    const inventory: Look = {
      ...given(tokens, ({ complete, why }) => (complete ? apart : unsure(`Not all tokens were read: ${why}`))),
      subject: 'tokens',
    }
    return judgementOf([...looks, inventory], { noun: ['app', 'apps'], wrong: 'used without being installed' })
  },
)
