/** Who deploys, in which org and version; collects what can only happen when the rest is certain. */
import { accessOf } from '../data/access.ts'
import type { Org } from '../state/org.ts'
import { recordSetupChange } from '../state/platform-rows.ts'
import type { ComponentType, Context } from './component-type.ts'
import { ComponentProblem } from './elements.ts'

export interface OpenContext extends Context {
  /** Carries out what was put off. */
  commit(): void
}

export function contextOf(
  org: Org,
  of: {
    readonly orgs: readonly Org[]
    readonly userId: string
    readonly version: number
    readonly ignoreWarnings?: boolean
  },
): OpenContext {
  const effects: (() => void)[] = []
  return {
    ...of,
    org,
    ignoreWarnings: of.ignoreWarnings ?? false,
    access: accessOf(org, of.userId),
    audit: (entries) => {
      for (const entry of entries) recordSetupChange(org, { ...entry, by: of.userId })
    },
    afterwards: (effect) => void effects.push(effect),
    commit: () => {
      for (const effect of effects.splice(0)) effect()
    },
  }
}

/** The version by which elements are judged: what this org doesn't have yet is unknown to it. */
export const elementVersion = ({ org, version }: Context): number =>
  org.settings().newOauthElements === 'absent' ? Math.min(version, 66) : version

export function requireWrite({ access }: Context, type: ComponentType): void {
  if (access.has('ModifyAllData') || type.needs.some((permission) => access.has(permission))) return
  throw new ComponentProblem(
    `insufficient access rights on ${type.name}: one of these permissions is needed: ${type.needs.join(', ')}`,
    { statusCode: 'INSUFFICIENT_ACCESS_OR_READONLY' },
  )
}
