/** Apps that cannot be told apart by their name: at the consent page the name is all that people see. */
import { appSubject, isUninstalled } from '../app-control.ts'
import type { AppFact } from '../../facts.ts'
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

/** As the eye reads it: case, spaces, dashes and letters of other widths make no difference. */
const seen = (label: string): string =>
  label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.\u200b-\u200d\ufeff]+/gu, '')

const twinsOf = (app: AppFact, all: ReadonlyMap<string, readonly AppFact[]>): readonly AppFact[] =>
  [...new Set([app.label, app.name].map(seen))].flatMap((name) => all.get(name) ?? []).filter((other) => other !== app)

const byName = (apps: readonly AppFact[]): ReadonlyMap<string, readonly AppFact[]> => {
  const found = new Map<string, AppFact[]>()
  for (const app of apps) {
    for (const name of new Set([app.label, app.name].map(seen))) found.set(name, [...(found.get(name) ?? []), app])
  }
  return found
}

export const control = controlOf(
  {
    id: 'app-same-name',
    title: 'No two apps look the same to people',
    severity: 'medium',
    why: 'An app can call itself what it likes. People approve by the name, and tokens are listed by it: an app named like a trusted one is either a mistake or an attack.',
    remedy: 'Find out whose the second app is; rename the company’s own, block the stranger and revoke its tokens.',
    effort: 'hours',
    catalogues: {},
    profiles: { baseline: {}, strict: {} },
  },
  ['apps'],
  ({ facts: { apps } }) => {
    if (apps.is === 'unknown') return unknownFamily('apps', apps)
    const names = byName(apps.value)
    const looks = apps.value.map((app) => {
      const twins = twinsOf(app, names)
      const strangers = twins.filter(isUninstalled).length
      const answer =
        twins.length === 0
          ? right
          : wrong(
              `${twins.length} other app${twins.length === 1 ? ' looks' : 's look'} the same; ${strangers} not installed.`,
              {
                label: app.label,
                twins: twins.length,
              },
            )
      return { ...answer, subject: appSubject(app) }
    })
    return judgementOf(looks, { noun: ['app', 'apps'], wrong: 'another app looks the same to people' })
  },
)
