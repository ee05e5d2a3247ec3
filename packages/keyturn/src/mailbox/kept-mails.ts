/**
 * Mail that Keyturn's own inbox took in, in the store and sealed, until it is settled: whichever process looks finds it.
 */
import { Secret } from '@keyturn/tokens'
import type { Records, StoreRecord } from '@keyturn/tokens'
import type { RawMail } from './token-mail.ts'

const kind = 'token-mail'
const DAY_MS = 86_400_000
/** Of one mailbox: somebody who may send can't fill the store. */
const MOST = 100

export interface KeptMails {
  /** False: there are too many already. */
  keep(id: string, raw: Uint8Array, receivedAt: number): Promise<boolean>
  list(): Promise<readonly RawMail[]>
  remove(ids: readonly string[]): Promise<void>
}

const receivedAt = ({ doc }: StoreRecord): number => Number((doc as { readonly receivedAt?: number }).receivedAt ?? 0)

export const keptMails = (records: Records, mailbox: string): KeptMails => {
  const prefix = `${mailbox}/`
  const mine = async (): Promise<readonly StoreRecord[]> => {
    const found: StoreRecord[] = []
    for (let after = prefix; ;) {
      const page = await records.list(kind, after, () => undefined)
      found.push(...page.filter(({ id }) => id.startsWith(prefix)))
      const last = page.at(-1)
      if (page.length < 1000 || last === undefined || !last.id.startsWith(prefix)) return found
      after = last.id
    }
  }
  const remove = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await records.remove(kind, id, { kind: 'token-mail-removed', data: { mailbox, mail: id } })
  }
  return {
    async keep(id, raw, at) {
      const there = await mine()
      // A token that nobody fetched for a day is not waited for any more.
      const old = there.filter((record) => receivedAt(record) < at - DAY_MS)
      await remove(old.map((record) => record.id))
      if (there.length - old.length >= MOST) return false
      const secrets = { raw: new Secret(Buffer.from(raw).toString('latin1')) }
      const record = { kind, id: prefix + id, doc: { mailbox, receivedAt: at, size: raw.length }, secrets }
      // With an entry: the sender was told that the mail is kept, so the commit must be known to have happened.
      await records.put(record, { kind: 'token-mail-kept', data: { mailbox, mail: prefix + id, size: raw.length } })
      return true
    },
    async list() {
      const mails = await Promise.all(
        (await mine()).map(async (record): Promise<RawMail | null> => {
          const raw = await records.secret(kind, record.id, 'raw')
          // Null: settled by somebody else between the two.
          if (raw === null) return null
          return { id: record.id, receivedAt: receivedAt(record), raw: Buffer.from(raw.reveal(), 'latin1') }
        }),
      )
      return mails.filter((mail) => mail !== null)
    },
    remove,
  }
}
