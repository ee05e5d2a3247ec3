/**
 * The texts that an entry only commits to: who ran it, and of a change what was changed, why in spite of whom, how it ended.
 * They are kept beside the ledger; here they are read back and held against the commitments, which is what makes them
 * evidence.
 */
import type { Keyturn, Store } from '@keyturn/tokens'
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import { commitmentsOf } from '../ledger-commitment.ts'
import { operatorKind } from '../signed-records.ts'

export const changeRecordKind = 'org-change'

interface ChangeDoc {
  readonly title: string
  readonly diff: readonly { readonly path: string; readonly diff: string }[]
  readonly records: readonly string[]
  readonly override: string | null
  readonly texts: readonly string[]
}

export interface KeptText {
  /** The member of the entry's data that commits to it. */
  readonly name: 'who' | 'title' | 'changes' | 'override' | 'said'
  readonly text: string
  /** It is the very text that was meant when the entry was made. */
  readonly asCommitted: boolean
}

type Known = readonly [name: KeptText['name'], committed: string, shown: string]

const ofPerson = async ({ records }: Store, { who }: LedgerEntry['data']): Promise<readonly Known[]> => {
  if (typeof who !== 'string') return []
  const doc = (await records.get(operatorKind, who))?.doc as unknown as { readonly name: string } | undefined
  return doc === undefined ? [] : [['who', doc.name, doc.name]]
}

const ofChange = async (store: Store, { change }: LedgerEntry['data']): Promise<readonly Known[]> => {
  if (typeof change !== 'string') return []
  const doc = (await store.records.get(changeRecordKind, change))?.doc as unknown as ChangeDoc | undefined
  if (doc === undefined) return []
  const { title, diff, records, override, texts } = doc
  return [
    ['title', title, title],
    ['override', override ?? '', override ?? ''],
    ['changes', JSON.stringify({ diff, records }), [...diff.map((file) => file.diff), ...records].join('\n')],
    ['said', JSON.stringify(texts), texts.join('\n')],
  ]
}

/** Empty where the entry commits to nothing, or its texts were erased. */
export const keptTexts = async (
  { store }: Pick<Keyturn, 'store'>,
  data: LedgerEntry['data'],
): Promise<readonly KeptText[]> => {
  const commit = commitmentsOf(store)
  const known = [...(await ofPerson(store, data)), ...(await ofChange(store, data))]
  return known.flatMap(([name, committed, text]) =>
    typeof data[name] === 'string' ? [{ name, text, asCommitted: data[name] === commit(committed) }] : [],
  )
}
