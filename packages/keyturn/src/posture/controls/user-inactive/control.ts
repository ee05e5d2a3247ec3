/**
 * Users who are active and gone. A machine that only refreshes tokens never logs in, and neither does it leave a row of
 * LoginHistory: the use of its tokens counts too, and without the tokens nobody can tell.
 */
import { tokensByUser } from '../indexes.ts'
import { apart, given, right, unsure, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'
import { userControl } from '../user-control.ts'

const day = 86_400_000

export const control = userControl({
  id: 'user-inactive',
  title: 'Users who are gone cannot log in',
  severity: 'medium',
  why: 'Nobody misses what is done with the account of somebody who left.',
  remedy: 'Freeze the user, then deactivate it; look first at the tokens and scheduled jobs that run as it.',
  effort: 'minutes',
  catalogues: {},
  profiles: { baseline: { days: 90 }, strict: { days: 45 } },
  who: 'active',
  families: ['tokens'],
  wrong: 'not seen for a long time',
  look: ({ username, userType, created, lastLogin, frozen }, { facts: { tokens }, parameters, takenAt }) => {
    const since = takenAt - numberIn(parameters, 'days', 90) * day
    // Guests and the platform's own users never log in.
    if (['Guest', 'AutomatedProcess', 'CloudIntegrationUser'].includes(userType)) return apart
    if (frozen.is === 'known' && frozen.value) return apart
    if (created >= since || (lastLogin !== null && lastLogin >= since)) return right
    return given(tokens, (inventory) => {
      const held = tokensByUser(inventory.tokens).get(username) ?? []
      const last = held.reduce((latest, { lastUsed }) => Math.max(latest, lastUsed ?? 0), 0)
      if (last >= since) return right
      if (!inventory.complete)
        return unsure(`Did not log in, and not all tokens were read: ${inventory.why}`, { lastLogin })
      return wrong(`Neither a login nor a token was used since ${new Date(since).toISOString().slice(0, 10)}.`, {
        lastLogin,
      })
    })
  },
})
