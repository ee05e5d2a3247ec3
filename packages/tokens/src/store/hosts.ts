/**
 * The hosts that hold journals of this store. Each must roll its journal forward before a doubt that came with an older
 * copy of the store may be acted on; a host that never comes back is declared lost, which is a stated bet.
 */
import { runEvent } from './grant-change.ts'
import type { Changing } from './grant-change.ts'
import { grantColumns, readGrants } from './grant-row.ts'
import { hostNames, noteHostName } from './host-names.ts'
import { integer, integerOrNull, text } from './sql.ts'
import type { Driver } from './sql.ts'
import type { Store, StoredGrant } from './store.ts'
import { discard } from './writer.ts'
import type { Writer, Writing } from './writer.ts'

type Parts = Changing & Pick<Writer, 'write'> & { readonly driver: Driver }

export const hostMethods = (parts: Parts): Pick<Store, 'hosts' | 'greet' | 'loseHost'> => {
  const { driver, keys, write } = parts

  /** Without those whose rows were altered outside: nobody can confirm anything about them, and nobody waits for them. */
  const inDoubt = async ({ sql }: Writing): Promise<readonly StoredGrant[]> => {
    const where = 'WHERE g.lineage IS NOT NULL ORDER BY g.id'
    const rows = await sql.all(`SELECT ${grantColumns('g')} FROM keyturn_grants g ${where}`)
    return readGrants(keys, rows, () => undefined).filter(({ state }) => state.doubt !== null)
  }

  const confirm = async (writing: Writing, host: string, lost: boolean): Promise<void> => {
    for (const { id, state } of await inDoubt(writing)) {
      if (state.doubt?.awaiting.includes(host) === true)
        await runEvent(parts, writing, id, { type: 'host-confirmed', host, lost })
    }
  }

  return {
    hosts: async () => {
      const names = await hostNames(driver.read, keys)
      const rows = await driver.read.all(
        'SELECT host, seen_at, confirmed_epoch, lost_at FROM keyturn_hosts ORDER BY host',
      )
      return rows.map((row) => {
        const host = text(row, 'host')
        return {
          host,
          name: names.get(host) ?? null,
          seenAt: integer(row, 'seen_at'),
          confirmedEpoch: integer(row, 'confirmed_epoch'),
          lostAt: integerOrNull(row, 'lost_at'),
        }
      })
    },

    greet: (host, confirmed, name) =>
      write(async (writing) => {
        const { epoch } = writing.head()
        await writing.sql.run(
          `INSERT INTO keyturn_hosts (host, seen_at, confirmed_epoch, lost_at) VALUES (?, ?, ?, NULL)
           ON CONFLICT (host) DO UPDATE SET seen_at = excluded.seen_at, lost_at = NULL,
             confirmed_epoch = CASE WHEN excluded.confirmed_epoch > keyturn_hosts.confirmed_epoch
               THEN excluded.confirmed_epoch ELSE keyturn_hosts.confirmed_epoch END`,
          [host, writing.now, confirmed ? epoch : 0],
        )
        if (name !== undefined) await noteHostName(keys, writing, host, name)
        if (confirmed) await confirm(writing, host, false)
      }),

    loseHost: (host) =>
      write(async (writing) => {
        const rows = await writing.sql.all('SELECT 1 FROM keyturn_hosts WHERE host = ? AND lost_at IS NULL', [host])
        if (rows.length === 0) return discard(undefined)
        await writing.sql.run('UPDATE keyturn_hosts SET lost_at = ? WHERE host = ?', [writing.now, host])
        await writing.append('host-lost', null, { host })
        await confirm(writing, host, true)
        for (const { id, state } of await inDoubt(writing)) {
          if (state.doubt === null || state.doubt.holder?.host !== host || state.doubt.finishedAt !== null) continue
          await runEvent(parts, writing, id, { type: 'finished', attempt: state.doubt.attempt, host, bet: true })
        }
        return undefined
      }),
  }
}
