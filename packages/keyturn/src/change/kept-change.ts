/**
 * The texts that an entry about a change of an org only commits to: what was changed, why in spite of whom, how it ended.
 * They are kept beside the ledger; here they are read back and held against the commitments, which is what makes them
 * evidence.
 */
import type { Keyturn } from '@keyturn/tokens'
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import { commitmentsOf } from '../ledger-commitment.ts'

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
  readonly name: 'title' | 'changes' | 'override' | 'said'
  readonly text: string
  /** It is the very text that was meant when the entry was made. */
  readonly asCommitted: boolean
}

/** Empty where the entry is about no change, or its texts were erased. */
export const keptTexts = async (
  { store }: Pick<Keyturn, 'store'>,
  data: LedgerEntry['data'],
): Promise<readonly KeptText[]> => {
  const { change } = data
  if (typeof change !== 'string') return []
  const doc = (await store.records.get(changeRecordKind, change))?.doc as unknown as ChangeDoc | undefined
  if (doc === undefined) return []
  const { title, diff, records, override, texts } = doc
  const commit = commitmentsOf(store)
  const known: readonly (readonly [name: KeptText['name'], committed: string, shown: string])[] = [
    ['title', title, title],
    ['override', override ?? '', override ?? ''],
    ['changes', JSON.stringify({ diff, records }), [...diff.map((file) => file.diff), ...records].join('\n')],
    ['said', JSON.stringify(texts), texts.join('\n')],
  ]
  return known.flatMap(([name, committed, text]) =>
    typeof data[name] === 'string' ? [{ name, text, asCommitted: data[name] === commit(committed) }] : [],
  )
}
