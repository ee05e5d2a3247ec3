/** Tokens nobody used for a long time. */
import { counted } from '../counted.ts'
import { tokensByApp } from '../indexes.ts'
import { numberIn } from '../parameters.ts'
import { tokenControl } from '../token-form.ts'

const day = 86_400_000

export const control = tokenControl({
  id: 'token-stale',
  title: 'Tokens that nobody uses are revoked',
  severity: 'medium',
  why: 'Whoever finds one in a backup, an old laptop or a vendor’s database uses it, and nobody notices a token that was asleep.',
  remedy: 'Revoke the tokens not used for the days asked for; let the app’s policy do it from now on.',
  effort: 'minutes',
  catalogues: { shr: ['shr_configure_oauth_policies_manage_external_client_app_oauth_usage'] },
  profiles: { baseline: { days: 90 }, strict: { days: 30 } },
  noun: ['app with tokens', 'apps with tokens'],
  among: ({ tokens }) => tokensByApp(tokens).size,
  wrong: 'tokens not used for a long time',
  find: ({ tokens }, { parameters, takenAt }) => {
    const since = takenAt - numberIn(parameters, 'days', 90) * day
    const found = [...tokensByApp(tokens).values()].flatMap((held) => {
      const stale = held.filter(({ created, lastUsed }) => Math.max(created, lastUsed ?? 0) < since)
      const [first] = stale
      if (first === undefined) return []
      const users = new Set(stale.map(({ user }) => user)).size
      const text = `${stale.length} of ${held.length} tokens, of ${counted(users, 'user')}, were not used since ${new Date(since).toISOString().slice(0, 10)}.`
      return [{ subject: `tokens:${first.app}`, text, facts: { stale: stale.length, tokens: held.length, users } }]
    })
    return { found }
  },
})
