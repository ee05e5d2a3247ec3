/** Tokens of users who left or are frozen. */
import { counted } from '../counted.ts'
import { tokensByUser, usersByName } from '../indexes.ts'
import { tokenControl } from '../token-form.ts'

export const control = tokenControl({
  id: 'token-inactive-users',
  title: 'Who left holds no tokens',
  severity: 'high',
  why: 'The tokens of a deactivated user sleep and wake up with it: an account that is activated again for an hour brings every app of its past back.',
  remedy: 'Revoke the tokens of inactive and frozen users.',
  effort: 'minutes',
  catalogues: {},
  profiles: { baseline: {}, strict: {} },
  families: ['users'],
  noun: ['user with tokens', 'users with tokens'],
  among: ({ tokens }) => tokensByUser(tokens).size,
  wrong: 'left or frozen, and tokens remain',
  find: ({ tokens }, { facts: { users } }) => {
    if (users.is === 'unknown') return { found: [], cannot: users.text }
    const byName = usersByName(users.value)
    const found = [...tokensByUser(tokens)].flatMap(([username, held]) => {
      const user = byName.get(username)
      if (user === undefined || (user.active && !(user.frozen.is === 'known' && user.frozen.value))) return []
      const state = user.active ? 'frozen' : 'inactive'
      return [
        {
          subject: `user:${username}`,
          text: `Is ${state} and holds ${counted(held.length, 'token')}.`,
          facts: { state, tokens: held.length },
        },
      ]
    })
    const unread = [...tokensByUser(tokens).keys()].filter((username) => {
      const user = byName.get(username)
      return user === undefined || (user.active && user.frozen.is === 'unknown')
    })
    return unread.length === 0
      ? { found }
      : {
          found,
          cannot: `Of ${counted(unread.length, 'holder')} of tokens nobody knows whether they left or are frozen.`,
        }
  },
})
