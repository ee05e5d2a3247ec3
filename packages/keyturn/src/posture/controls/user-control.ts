/**
 * The form of a control that looks at users. `who` says at which: where nobody can tell whether a user is a machine, it
 * is looked at as one, and what would be wrong of a machine is then unknown, so that nothing is passed or blamed on a
 * guess. A user by whom nobody came in, neither by a login nor by a token, runs no integration, whatever it is.
 */
import type { Control } from '../control.ts'
import type { Family, UserFact } from '../facts.ts'
import type { Asked, ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import type { Answer } from './looks.ts'
import { loginsByUser, tokensByUser } from './indexes.ts'
import { apart, judgementOf, unknownFamily, unsure } from './looks.ts'

const day = 86_400_000

type Who = 'machines' | 'people' | 'active' | 'all'

interface UserControl extends ControlText {
  readonly who: Who
  /** Completes “3 of 12 users: …”. */
  readonly wrong: string
  readonly families?: readonly Family[]
  readonly look: (user: UserFact, asked: Asked) => Answer
}

const userSubject = ({ username }: Pick<UserFact, 'username'>): string => `user:${username}`

/** What it takes to tell one from the other. */
const ofNature: Readonly<Record<Who, readonly Family[]>> = {
  machines: ['logins', 'tokens'],
  people: ['logins'],
  active: [],
  all: [],
}

const nouns = {
  machines: ['machine user', 'machine users'],
  people: ['person', 'people'],
  active: ['active user', 'active users'],
  all: ['user', 'users'],
} as const

/** The company's own; guests, partners and customers are asked for where a control says so. */
export const isInternal = ({ userType }: Pick<UserFact, 'userType'>): boolean => userType === 'Standard'

const isAsleep = ({ username }: UserFact, { facts: { logins, tokens }, takenAt }: Asked): boolean => {
  if (logins.is === 'unknown' || tokens.is === 'unknown' || !tokens.value.complete) return false
  const since = takenAt - logins.value.days * day
  return (
    !(loginsByUser(logins.value.uses).get(username) ?? []).some(({ worked }) => worked > 0) &&
    !(tokensByUser(tokens.value.tokens).get(username) ?? []).some(({ lastUsed }) => (lastUsed ?? 0) >= since)
  )
}

/** What those questions have in common, for a report that groups what is unknown. */
const doubt = 'Whether these users are machines or people nobody can tell'

const answerFor = (user: UserFact, who: Who, asked: Asked, look: () => Answer): Answer => {
  if (who === 'all') return look()
  if (!user.active) return apart
  if (who === 'active') return look()
  if (!isInternal(user)) return apart
  const { is, why, programLogins } = user.nature
  const wanted = who === 'machines' ? 'machine' : 'person'
  if (is === wanted) return look()
  const maybe = is === 'unknown' || (who === 'machines' && programLogins !== undefined)
  if (!maybe || (who === 'machines' && isAsleep(user, asked))) return apart
  const answer = look()
  if (answer.verdict === 'pass') return apart
  return answer.verdict === 'fail'
    ? unsure(`${answer.text} Whether it is a ${wanted} nobody can tell: ${why}`, { ...answer.facts, doubt })
    : answer
}

export const userControl = ({ who, wrong, families = [], look, ...text }: UserControl): Control =>
  controlOf(text, [...new Set<Family>(['users', ...ofNature[who], ...families])], (asked) => {
    const { users } = asked.facts
    if (users.is === 'unknown') return unknownFamily('users', users)
    const looks = users.value.map((user) => ({
      ...answerFor(user, who, asked, () => look(user, asked)),
      subject: userSubject(user),
    }))
    return judgementOf(looks, { noun: nouns[who], wrong })
  })
