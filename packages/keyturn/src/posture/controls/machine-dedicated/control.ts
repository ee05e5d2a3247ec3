/** One user an integration, and nobody else as it. */
import { loginsByUser, tokensByUser } from '../indexes.ts'
import { loginWay } from '../../login-way.ts'
import { given, right, unsure, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-dedicated',
  title: 'Every integration has a user of its own',
  severity: 'medium',
  why: 'When two integrations, or a person and one, share a user, nobody can tell who did what, and cutting one off cuts off the other.',
  remedy: 'Make an API-only user for each integration and move the apps apart.',
  effort: 'days',
  catalogues: { checklist: ['5'] },
  profiles: { integration: {}, baseline: {}, strict: {} },
  who: 'machines',
  families: ['tokens', 'logins'],
  wrong: 'shared by several apps, or with a person',
  look: ({ username, permissions }, { facts: { tokens, logins } }) =>
    given(permissions, (held) => {
      if (!held.includes('ApiUserOnly')) return wrong('A person can log in to the user interface as it.', {})
      return given(tokens, (inventory) => {
        const apps = new Set((tokensByUser(inventory.tokens).get(username) ?? []).map(({ app, appId }) => appId ?? app))
        if (apps.size > 1) return wrong(`${apps.size} apps hold tokens of it.`, { apps: apps.size })
        if (!inventory.complete) return unsure(`Not all tokens were read: ${inventory.why}`)
        return given(logins, ({ uses }) => {
          const person = (loginsByUser(uses).get(username) ?? []).find((use) =>
            ['person', 'sso'].includes(loginWay(use)),
          )
          return person === undefined
            ? right
            : wrong('Somebody logs in to the user interface as it.', { type: person.type })
        })
      })
    }),
})
