/** A check-only deployment: the org judges the components and changes nothing. Records have no dry run. */
import type { OrgConnection } from '../../org/connection.ts'
import { deployable } from './deployable.ts'
import { deployAndWait } from './deploy-and-wait.ts'
import type { Waiting } from './deploy-and-wait.ts'
import type { PreparedChange } from './prepare-change.ts'
import { secretsIn, withoutSecrets } from './secret-element.ts'

export type DryRun =
  | { readonly is: 'accepted' }
  /** In the org's own words. */
  | { readonly is: 'refused'; readonly problems: readonly string[] }
  | { readonly is: 'unclear'; readonly why: string }

export const secretsOf = ({ components }: PreparedChange): readonly string[] =>
  components.flatMap(({ before, after }) => [...secretsIn(before), ...secretsIn(after)])

export const dryRun = async (org: OrgConnection, prepared: PreparedChange, waiting: Waiting): Promise<DryRun> => {
  const { components } = prepared
  if (components.length === 0) return { is: 'accepted' }
  const files = components.map(({ edit, before, after }) => deployable(edit, before, after))
  const end = await deployAndWait(org, files, { ...waiting, checkOnly: true })
  const secrets = secretsOf(prepared)
  if (end.is === 'succeeded') return { is: 'accepted' }
  if (end.is === 'unclear') return { is: 'unclear', why: withoutSecrets(end.why, secrets) }
  return { is: 'refused', problems: end.problems.map((problem) => withoutSecrets(problem, secrets)) }
}
