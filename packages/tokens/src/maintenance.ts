/**
 * `@keyturn/tokens/maintenance`: what an operator does to a whole store. Programs that only need tokens never load it.
 */
export { thisHolder } from './holder.ts'
export { journalFolderOf, stateFolderOf } from './state-folder.ts'
export { backupStore, restoreStore } from './store/backup.ts'
export type { BackedUp } from './store/backup.ts'
export { checkStore } from './store/check.ts'
export type { StoreFact } from './store/check.ts'
export { keepInKeyring, resolveMasterKey } from './store/master-key.ts'
export { moveStore } from './store/move.ts'
export { openStore } from './store/open.ts'
export { rotateMasterKey } from './store/rotate-master-key.ts'
export type { Store } from './store/store.ts'
export { checkLoginUrl } from './wire/hosts.ts'
export { sessionVerdict } from './token/session-refused.ts'
export { lazyNetwork, prepareNetwork } from './wire/network.ts'
export type { Network } from './wire/network.ts'
export { agentFor, request } from './wire/request.ts'
