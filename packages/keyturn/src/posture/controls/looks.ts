/**
 * How a judgement is made of looks: one look a subject, and the worst of them is the verdict. A fail beats an unknown
 * (it is certain), an unknown beats a pass (nothing passes because something could not be read), and where nothing
 * applies the control does not apply.
 */
import type { Evidence, Judgement, Verdict } from '../control.ts'
import type { Fact } from '../fact.ts'
import type { SettingValue } from '../facts.ts'

/** What one subject looks like. */
export interface Answer {
  readonly verdict: Verdict
  readonly text: string
  readonly facts?: Evidence['facts']
}

export interface Look extends Answer {
  readonly subject: string
}

export const right: Answer = { verdict: 'pass', text: '' }
export const apart: Answer = { verdict: 'not-applicable', text: '' }
export const wrong = (text: string, facts: Evidence['facts'] = {}): Answer => ({ verdict: 'fail', text, facts })
export const unsure = (text: string, facts: Evidence['facts'] = {}): Answer => ({ verdict: 'unknown', text, facts })

/** A switch that is known to be on. */
export const isSet = (setting: Fact<SettingValue> | undefined): boolean =>
  setting?.is === 'known' && String(setting.value) === 'true'

/** Goes on with what is known; what isn't is unknown, with its reason. */
export const given = <T>(fact: Fact<T>, then: (value: T) => Answer): Answer =>
  fact.is === 'known' ? then(fact.value) : notKnown(fact)

/** Most texts of a missing permission name it already. */
const withNeed = ({ text, missing }: Extract<Fact<unknown>, { readonly is: 'unknown' }>): string =>
  missing === undefined || text.includes(missing) ? text : `${text} (needs ${missing})`

export const notKnown = (fact: Extract<Fact<unknown>, { readonly is: 'unknown' }>): Answer =>
  unsure(withNeed(fact), {
    reason: fact.why,
    ...(fact.missing === undefined ? {} : { missing: fact.missing }),
  })

/** The words of a judgement: what is counted, and what is the matter with those that fail. */
export interface Words {
  /** One and many, such as `app` and `apps`. */
  readonly noun: readonly [one: string, many: string]
  /** Completes “3 of 12 apps: …”. */
  readonly wrong: string
}

const evidenceOf = ({ subject, text, facts = {} }: Look): Evidence => ({ subject, text, facts })

export const judgementOf = (looks: readonly Look[], { noun: [one, many], wrong: matter }: Words): Judgement => {
  const asked = looks.filter(({ verdict }) => verdict !== 'not-applicable')
  const failed = asked.filter(({ verdict }) => verdict === 'fail')
  const open = asked.filter(({ verdict }) => verdict === 'unknown')
  const count = `${asked.length} ${asked.length === 1 ? one : many}`
  if (failed.length > 0) {
    const rest = open.length === 0 ? '' : `; ${open.length} could not be judged`
    return {
      verdict: 'fail',
      why: `${failed.length} of ${count}: ${matter}${rest}`,
      evidence: failed.map(evidenceOf),
      undecided: open.map(evidenceOf),
    }
  }
  if (open.length > 0) {
    return {
      verdict: 'unknown',
      why: `${open.length} of ${count} could not be judged`,
      evidence: open.map(evidenceOf),
    }
  }
  return asked.length > 0
    ? { verdict: 'pass', why: `${count}, all in order`, evidence: [] }
    : { verdict: 'not-applicable', why: `there is no ${one} that this applies to`, evidence: [] }
}

/** A judgement about a whole family that is not known. */
export const unknownFamily = (
  subject: string,
  fact: Extract<Fact<unknown>, { readonly is: 'unknown' }>,
): Judgement => ({
  verdict: 'unknown',
  why: fact.text,
  evidence: [{ subject, text: notKnown(fact).text, facts: notKnown(fact).facts ?? {} }],
})
