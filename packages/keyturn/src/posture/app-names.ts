/** Under which names an app may stand in the login history and among the tokens, where the org gives no link to it. */
import type { AppFact } from './facts.ts'

export const namesOf = ({
  name,
  label,
  namespace,
}: Pick<AppFact, 'name' | 'label' | 'namespace'>): readonly string[] => [
  ...new Set([name, label, ...(namespace === null ? [] : [`${namespace}__${name}`])]),
]
