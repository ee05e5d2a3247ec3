/** The form of a control that looks at every member of any other family: profiles, certificates, remote sites, … */
import type { Control } from '../control.ts'
import type { Facts, Family } from '../facts.ts'
import type { Fact } from '../fact.ts'
import type { Asked, ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import type { Answer, Words } from './looks.ts'
import { judgementOf, unknownFamily } from './looks.ts'

type Listed = { [F in Family]: Facts[F] extends Fact<readonly (infer Member)[]> ? Member : never }

interface ListControl<F extends Family> extends ControlText, Words {
  readonly family: F
  readonly families?: readonly Family[]
  readonly subject: (member: Listed[F]) => string
  readonly look: (member: Listed[F], asked: Asked) => Answer
}

export const listControl = <F extends Family>({
  family,
  families = [],
  noun,
  wrong,
  subject,
  look,
  ...text
}: ListControl<F>): Control =>
  controlOf(text, [family, ...families], (asked) => {
    const fact = asked.facts[family] as Fact<readonly Listed[F][]>
    if (fact.is === 'unknown') return unknownFamily(family, fact)
    const looks = fact.value.map((member) => ({ ...look(member, asked), subject: subject(member) }))
    return judgementOf(looks, { noun, wrong })
  })
