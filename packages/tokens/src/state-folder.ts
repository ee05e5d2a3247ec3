/**
 * Where a host keeps what it must remember: its id, and a journal per store. It never moves with the store: a copied
 * database must not bring along what another host heard.
 */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Beside the SQLite file (`keyturn.db.host`), else `keyturn` below XDG_STATE_HOME. */
export const stateFolderOf = (address: string, env: Readonly<Record<string, string | undefined>>): string => {
  if (address.startsWith('sqlite:')) return `${resolve(address.slice('sqlite:'.length))}.host`
  return join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'keyturn')
}

/** One folder per store: a state folder may serve several. */
export const journalFolderOf = (stateFolder: string, storeId: string): string => join(stateFolder, storeId)
