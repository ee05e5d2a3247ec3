/** Facts for a command that judges: of an org, seen by a grant's user, or of a file that was kept earlier. */
import { resolve } from 'node:path'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { orgConnection } from '../org/connection.ts'
import { collect } from '../posture/collect.ts'
import type { Family } from '../posture/facts.ts'
import { readSnapshot } from '../posture/snapshot-file.ts'
import type { Snapshot } from '../posture/snapshot.ts'

export interface Observing {
  readonly from: { readonly grant: string } | { readonly file: string }
  readonly families: readonly Family[]
  readonly settings: readonly string[]
  readonly clock: Clock
  readonly tell: (text: string) => void
  readonly withKeyturn: <T>(work: (keyturn: Keyturn) => Promise<T>) => Promise<T>
}

export const observed = ({ from, families, settings, clock, tell, withKeyturn }: Observing): Promise<Snapshot> =>
  'file' in from
    ? readSnapshot(resolve(from.file))
    : withKeyturn((keyturn) => collect({ org: orgConnection(keyturn, from.grant), families, settings, clock, tell }))
