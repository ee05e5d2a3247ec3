/**
 * Records whose ledger entries say who ran the command: an entry's own `by` is the host and the process, and an auditor
 * asks for the person first. As with other texts that name people the entry holds a keyed commitment (`who`); the name is
 * kept beside the ledger, once a person, so that erasing it there erases it from all entries.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Keyturn, PutRecord, RecordEntry, Records, Store } from '@keyturn/tokens'
import { commitmentsOf } from './ledger-commitment.ts'

export const operatorKind = 'operator'

const signedRecords = (store: Pick<Store, 'records' | 'deriveKey'>, name: string): Records => {
  const { records } = store
  const who = commitmentsOf(store)(name)
  const person: PutRecord = { kind: operatorKind, id: who, doc: { v: 1, name } }
  const signed = (entry: RecordEntry): RecordEntry => ({ ...entry, data: { ...entry.data, who } })
  const putAll: Records['putAll'] = async (put, entry, remove) => {
    if (entry === undefined) return records.putAll(put, entry, remove)
    return (await records.putAll([...put, person], signed(entry), remove)).slice(0, put.length)
  }
  return {
    ...records,
    putAll,
    async put(record, entry) {
      if (entry === undefined) return records.put(record)
      const [written] = await putAll([record], entry)
      if (written === undefined) throw new KeyturnError('DEFECT', 'a record that was just written is not there')
      return written
    },
    async remove(kind, id, entry) {
      if (entry === undefined) return records.remove(kind, id)
      if ((await records.get(kind, id)) !== null) await putAll([], entry, [{ kind, id }])
    },
  }
}

/** The same store; whatever is entered into its ledger by its records says who did it. */
export const signedBy = (name: string, keyturn: Keyturn): Keyturn => ({
  ...keyturn,
  store: { ...keyturn.store, records: signedRecords(keyturn.store, name) },
})
