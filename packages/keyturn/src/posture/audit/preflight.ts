/**
 * Before an audit: which permissions its user lacks, and what will be unknown without each. Only the permissions are
 * asked for, which is one describe and one row.
 */
import type { Clock } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { createAsker } from '../collectors/asker.ts'
import { holds, missingOf } from '../collectors/attempt.ts'
import { needsOf } from '../collectors/needs.ts'
import { ownPermissions } from '../collectors/own-permissions.ts'
import type { AuditPermission } from '../collectors/own-permissions.ts'
import { createPace, defaultPace } from '../collectors/pace.ts'
import type { Family } from '../facts.ts'
import type { Chosen } from './profiles.ts'

export interface Lack {
  /** As Setup calls it. */
  readonly permission: string
  readonly families: readonly Family[]
  /** Controls that will be unknown, in whole or in part. */
  readonly controls: readonly string[]
}

export interface Preflight {
  readonly auditor: string
  readonly org: string
  readonly lacks: readonly Lack[]
  /** Controls for which nothing is lacking. */
  readonly clear: number
  readonly controls: number
}

export const lacksOf = (chosen: readonly Chosen[], own: ReadonlySet<AuditPermission>): readonly Lack[] => {
  const found = new Map<string, { readonly families: Set<Family>; readonly controls: Set<string> }>()
  for (const { control } of chosen)
    for (const family of control.families)
      for (const needs of needsOf(family)) {
        if (holds(needs, own)) continue
        const lack = found.get(missingOf(needs)) ?? { families: new Set(), controls: new Set() }
        found.set(missingOf(needs), lack)
        lack.families.add(family)
        lack.controls.add(control.id)
      }
  return [...found]
    .map(([permission, lack]) => ({
      permission,
      families: [...lack.families].sort(),
      controls: [...lack.controls].sort(),
    }))
    .sort((a, b) => b.controls.length - a.controls.length)
}

export const preflight = async (org: OrgConnection, clock: Clock, chosen: readonly Chosen[]): Promise<Preflight> => {
  const { orgId, username } = await org.whoAmI()
  const own = await ownPermissions(
    createAsker(
      org,
      createPace(clock, defaultPace, () => undefined),
    ),
  )
  const lacks = lacksOf(chosen, own)
  const touched = new Set(lacks.flatMap(({ controls }) => controls))
  return { auditor: username, org: orgId, lacks, clear: chosen.length - touched.size, controls: chosen.length }
}
