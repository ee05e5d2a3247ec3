/** One question the platform asks before it lets an app in, with its answer. */
import type { Fact } from '../posture/fact.ts'

export interface Check {
  readonly question: string
  readonly answer: 'yes' | 'no' | 'unknown' | 'does-not-matter'
  /** What was seen. */
  readonly evidence: string
  /** Of a no, and of an unknown. */
  readonly next: string | null
}

export const yes = (question: string, evidence: string): Check => ({ question, answer: 'yes', evidence, next: null })
export const no = (question: string, evidence: string, next: string): Check => ({
  question,
  answer: 'no',
  evidence,
  next,
})
export const open = (
  question: string,
  evidence: string,
  next = 'Look there by hand, or give the auditor the permission.',
): Check => ({
  question,
  answer: 'unknown',
  evidence,
  next,
})
export const apart = (question: string, evidence: string): Check => ({
  question,
  answer: 'does-not-matter',
  evidence,
  next: null,
})

export const ask = <T>(question: string, fact: Fact<T>, judge: (value: T) => Check): Check =>
  fact.is === 'known' ? judge(fact.value) : open(question, fact.text)

export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
