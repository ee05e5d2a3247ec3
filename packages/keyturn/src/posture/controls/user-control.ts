/**
 * The form of a control that looks at users. `who` says at which: where nobody can tell whether a user is a machine, it
 * is looked at as one, and what would be wrong of a machine is then unknown, so that nothing is passed or blamed on a guess.
 */
import type { Control } from '../control.ts'
import type { Family, UserFact } from '../facts.ts'
import type { Asked, ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import type { Answer } from './looks.ts'
import { apart, judgementOf, unknownFamily, unsure } from './looks.ts'

type Who = 'machines' | 'people' | 'active' | 'all'

interface UserControl extends ControlText {
  readonly who: Who
  /** Completes “3 of 12 users: …”. */
  readonly wrong: string
  readonly families?: readonly Family[]
  readonly look: (user: UserFact, asked: Asked) => Answer
}

const userSubject = ({ username }: Pick<UserFact, 'username'>): string => `user:${username}`

const nouns = {
  machines: ['machine user', 'machine users'],
  people: ['person', 'people'],
  active: ['active user', 'active users'],
  all: ['user', 'users'],
} as const

/** The company's own; guests, partners and customers are asked for where a control says so. */
export const isInternal = ({ userType }: Pick<UserFact, 'userType'>): boolean => userType === 'Standard'

const answerFor = (user: UserFact, who: Who, look: () => Answer): Answer => {
  if (who === 'all') return look()
  if (!user.active) return apart
  if (who === 'active') return look()
  if (!isInternal(user)) return apart
  const wanted = who === 'machines' ? 'machine' : 'person'
  if (user.nature.is === wanted) return look()
  if (user.nature.is !== 'unknown') return apart
  const answer = look()
  if (answer.verdict === 'pass') return apart
  return answer.verdict === 'fail'
    ? unsure(`${answer.text} Whether it is a ${wanted} nobody can tell: ${user.nature.why}`, answer.facts ?? {})
    : answer
}

export const userControl = ({ who, wrong, families = [], look, ...text }: UserControl): Control =>
  controlOf(text, ['users', ...families], (asked) => {
    const { users } = asked.facts
    if (users.is === 'unknown') return unknownFamily('users', users)
    const looks = users.value.map((user) => ({
      ...answerFor(user, who, () => look(user, asked)),
      subject: userSubject(user),
    }))
    return judgementOf(looks, { noun: nouns[who], wrong })
  })
