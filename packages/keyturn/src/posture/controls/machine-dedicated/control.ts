/** One user an integration, and nobody else as it. */
import { loginsByUser, tokensByUser } from '../indexes.ts'
import { loginWay } from '../../login-way.ts'
import type { Control, Evidence } from '../../control.ts'
import type { Facts } from '../../facts.ts'
import { counted } from '../counted.ts'
import { given, right, unknownFamily, unsure, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

const day = 86_400_000
const recentDays = 90

/** Where no user is a machine's, integrations run as people, if there are any: who holds the tokens that are used. */
const asPeople = ({ users, tokens }: Facts, takenAt: number): readonly Evidence[] => {
  if (users.is === 'unknown' || tokens.is === 'unknown') return []
  const since = takenAt - recentDays * day
  const held = tokensByUser(tokens.value.tokens)
  return users.value.flatMap(({ username, active }) => {
    const used = (held.get(username) ?? []).filter(({ lastUsed }) => (lastUsed ?? 0) >= since)
    const apps = new Set(used.map(({ app }) => app)).size
    return !active || apps === 0
      ? []
      : [
          {
            subject: `user:${username}`,
            text: `${counted(apps, 'app works', 'apps work')} as this person.`,
            facts: { apps },
          },
        ]
  })
}

const ofMachines = userControl({
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

export const control: Control = {
  ...ofMachines,
  judge(facts, parameters, seen) {
    const judged = ofMachines.judge(facts, parameters, seen)
    if (judged.verdict !== 'not-applicable') return judged
    const { tokens } = facts
    if (tokens.is === 'unknown') return unknownFamily('tokens', tokens)
    const evidence = asPeople(facts, seen.takenAt)
    if (evidence.length === 0) return judged
    const why = `no user is a machine’s, and apps work as ${counted(evidence.length, 'person', 'people')}: which of them are integrations nobody can tell`
    return { verdict: 'unknown', why, evidence }
  },
}
