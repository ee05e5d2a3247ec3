/** The cases every control of users has; a folder gives one that is right, one wrong, one of which too little is known. */
import type { ControlCase, Parameters } from '../control.ts'
import type { Facts, UserFact } from '../facts.ts'
import { hidden, userlist } from './sample-facts.ts'

interface UserExample {
  readonly right: UserFact
  readonly wrong: UserFact
  readonly unknown: UserFact
  /** Users it says nothing about. */
  readonly apart: UserFact
  /** What else must be known. */
  readonly facts?: Partial<Facts>
  readonly parameters?: Parameters
}

export const userCases = ({
  right,
  wrong,
  unknown,
  apart,
  facts = {},
  parameters,
}: UserExample): readonly ControlCase[] => {
  const subjects = [`user:${wrong.username}`]
  const cases: readonly ControlCase[] = [
    { name: 'in order', facts: { ...facts, ...userlist(right) }, verdict: 'pass' },
    { name: 'wrong', facts: { ...facts, ...userlist(right, wrong) }, verdict: 'fail', subjects },
    { name: 'wrong, and another unknown', facts: { ...facts, ...userlist(unknown, wrong) }, verdict: 'fail', subjects },
    {
      name: 'too little known',
      facts: { ...facts, ...userlist(right, unknown) },
      verdict: 'unknown',
      subjects: [`user:${unknown.username}`],
    },
    { name: 'users cannot be read', facts: { ...facts, users: hidden }, verdict: 'unknown', subjects: ['users'] },
    { name: 'nobody it is about', facts: { ...facts, ...userlist(apart) }, verdict: 'not-applicable' },
    { name: 'nobody', facts: { ...facts, ...userlist() }, verdict: 'not-applicable' },
  ]
  return parameters === undefined ? cases : cases.map((one) => ({ ...one, parameters }))
}
