/**
 * Which claims of dead processes were certainly never sent: no journal of this host knows them.
 *
 * `sending` is durable before the first byte, so silence is a proof, but only when all of this holds: the process was
 * proved dead *before* the journal is read (else it may send in between), all segments are read, settled ones too, and
 * none of them is damaged. One more condition is the caller's: an attempt whose outcome is in doubt was not noted as
 * `committed`, else its record may have been pruned, and the claim must have been written with `sync`.
 */
import { provedDead } from '../holder.ts'
import type { Holder } from '../protocol/state.ts'
import { readSegments } from './read.ts'
import type { ReadOptions } from './read.ts'

export async function provedUnsent(
  options: ReadOptions & { readonly own: Holder },
  claims: readonly { readonly attempt: string; readonly holder: Holder }[],
): Promise<ReadonlySet<string>> {
  const orphaned = claims.filter(({ holder }) => provedDead(holder, options.own) === true)
  if (orphaned.length === 0) return new Set()
  const segments = await readSegments(options, 'all')
  if (segments.some(({ faults }) => faults.some(({ kind }) => kind !== 'torn'))) return new Set()
  const known = new Set(segments.flatMap(({ records }) => records.flatMap((r) => ('attempt' in r ? [r.attempt] : []))))
  return new Set(orphaned.map(({ attempt }) => attempt).filter((attempt) => !known.has(attempt)))
}
