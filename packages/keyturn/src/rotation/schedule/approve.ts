/** A person's yes to the next turn of a credential: kept in the store, with who and when, and in the ledger. */
import { KeyturnError } from '@keyturn/tokens'
import type { Store } from '@keyturn/tokens'
import { commitmentsOf } from '../../ledger-commitment.ts'
import type { Rotation } from '../rotation.ts'
import { readStored } from './facts.ts'
import { openSchedules } from './schedule-record.ts'

export interface Approved {
  /** It had been approved before, by whom this says. */
  readonly before: string | null
  readonly turn: number
}

export const approveTurn = async (
  {
    rotation,
    store,
  }: { readonly rotation: Pick<Rotation, 'settingsOf'>; readonly store: Pick<Store, 'records' | 'deriveKey'> },
  name: string,
  who: string,
  now: number,
): Promise<Approved> => {
  const { common } = rotation.settingsOf(name)
  if (common.schedule?.approval !== true)
    throw new KeyturnError('BAD_ARGUMENT', `The schedule of ${name} asks for no approval`, {
      fix: 'Set approval: true in its schedule, or turn it now with `keyturn rotate`.',
    })
  const { turn, run } = await readStored(store.records, name)
  if (run !== null)
    throw new KeyturnError('ROTATION_RUNNING', `A rotation of ${name} is running already`, { data: { run: run.id } })
  let before: string | null = null
  await openSchedules(store.records).change(
    name,
    (doc) => {
      before = doc.approval?.turn === turn ? doc.approval.who : null
      return before === null ? { ...doc, approval: { turn, who, at: now } } : null
    },
    { kind: 'rotation-approved', data: { credential: name, who: commitmentsOf(store)(who), after: turn } },
  )
  return { before, turn }
}
