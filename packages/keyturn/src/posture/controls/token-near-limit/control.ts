/** Users whose next approval of an app silently ends an earlier one. */
import { tokensByUser } from '../indexes.ts'
import { numberIn } from '../parameters.ts'
import { tokenControl } from '../token-form.ts'

export const control = tokenControl({
  id: 'token-near-limit',
  title: 'No user is about to lose a grant to the next one',
  severity: 'low',
  why: 'The platform keeps five approvals of an app by one user and revokes the oldest without a word: an integration stops because somebody connected another.',
  remedy: 'Give each integration a user of its own, and revoke grants that nobody uses.',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: { most: 4, because: 'sources name four and five as the limit' }, strict: { most: 3 } },
  noun: ['user with tokens', 'users with tokens'],
  among: ({ tokens }) => tokensByUser(tokens).size,
  wrong: 'at the limit of approvals of one app',
  find: ({ tokens }, { parameters }) => ({
    found: [...tokensByUser(tokens)].flatMap(([user, held]) => {
      const byApp = new Map<string, number>()
      for (const { app, appId } of held) byApp.set(appId ?? app, (byApp.get(appId ?? app) ?? 0) + 1)
      const most = Math.max(0, ...byApp.values())
      return most <= numberIn(parameters, 'most', 4)
        ? []
        : [{ subject: `user:${user}`, text: `Approved one app ${most} times.`, facts: { approvals: most } }]
    }),
  }),
})
