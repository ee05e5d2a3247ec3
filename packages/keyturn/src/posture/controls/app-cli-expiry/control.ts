/** The app of the Salesforce CLI: on every developer's machine, with the rights of an administrator. */
import type { AppFact } from '../../facts.ts'
import { appSubject, isUninstalled } from '../app-control.ts'
import { controlOf } from '../asked.ts'
import type { Answer } from '../looks.ts'
import { apart, given, judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import { listIn, numberIn } from '../parameters.ts'

const named = /salesforce[\s_-]*(cli|dx)|sfdx/iu

const look = (app: AppFact, refreshDays: number, accessMinutes: number): Answer => {
  if (isUninstalled(app))
    return wrong('It is used without being installed, so it has no policy here.', { label: app.label })
  if (app.blocked.is === 'known' && app.blocked.value) return apart
  return given(app.refreshTokenPolicy, ({ effective, idleDays, lifetimeDays }) => {
    const days = Math.min(idleDays ?? Infinity, lifetimeDays ?? Infinity)
    if (days > refreshDays) return wrong(`Its refresh tokens live longer than ${refreshDays} days.`, { effective })
    return given(app.sessionTimeoutMinutes, (minutes) =>
      minutes <= accessMinutes
        ? given(app.origin, () => right)
        : wrong(`Its access tokens live ${minutes} minutes.`, { minutes }),
    )
  })
}

export const control = controlOf(
  {
    id: 'app-cli-expiry',
    title: 'Logins of the Salesforce CLI end',
    severity: 'high',
    why: 'Developers’ machines keep its tokens for years, of every org they ever worked in, mostly as administrators.',
    remedy:
      'Install the CLI’s app, or one of your own for the CLI, and let its refresh tokens expire within 90 days and its access tokens within 15 minutes.',
    effort: 'minutes',
    catalogues: { sbs: ['SBS-DEP-006'] },
    profiles: {
      baseline: {
        refreshDays: 90,
        accessMinutes: 120,
        apps: [],
        because: 'a quarter of an hour interrupts deployments; the refresh token is what is stolen',
      },
      strict: { refreshDays: 90, accessMinutes: 15, apps: [] },
      sbs: { refreshDays: 90, accessMinutes: 15, apps: [] },
    },
  },
  ['apps'],
  ({ facts: { apps }, parameters }) => {
    if (apps.is === 'unknown') return unknownFamily('apps', apps)
    const extra = listIn(parameters, 'apps')
    const looks = apps.value
      .filter(({ name, label }) => named.test(name) || named.test(label) || extra.includes(name))
      .map((app) => ({
        ...look(app, numberIn(parameters, 'refreshDays', 90), numberIn(parameters, 'accessMinutes', 15)),
        subject: appSubject(app),
      }))
    return judgementOf(looks, { noun: ['app of the CLI', 'apps of the CLI'], wrong: 'its logins hardly end' })
  },
)
