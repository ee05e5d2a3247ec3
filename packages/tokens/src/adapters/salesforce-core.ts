/**
 * `@keyturn/tokens/salesforce-core`: Keyturn for scripts and plugins built on @salesforce/core, and side by side with
 * the sf CLI's own logins. Core is never imported from here: it is the caller's copy, passed or looked up.
 */
export { keyturnOrgConnection } from './org-connection.ts'
export type { OrgConnectionOptions } from './org-connection.ts'
export { importFromSf } from './import-from-sf.ts'
export type { ImportFromSf, ImportedFromSf } from './import-from-sf.ts'
export { exportToSf } from './export-to-sf.ts'
export type { ExportToSf, ExportedToSf } from './export-to-sf.ts'
export { sfCompanion } from './share-with-sf.ts'
export type { SfCompanionOptions } from './share-with-sf.ts'
export type { CompanionGrant, CompanionTurn, ExchangeCompanion, SharedTokens } from '../companion.ts'
export type { SfAuthInfo, SfConnection, SfCore } from './core-module.ts'
