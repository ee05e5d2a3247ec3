/**
 * `@keyturn/tokens/ledger`: the ledger outside of its store. What is needed to verify an exported ledger and its
 * checkpoints offline, with no database and no key but the public one. Formats: docs/formats/ledger.md.
 */
export type { LedgerEntry } from './entry.ts'
export { canonical } from './canonical.ts'
export { genesis, hashOf } from './chain.ts'
export type { Head, Verdict } from './chain.ts'
export {
  exportLedger,
  ledgerLine,
  parseLine,
  readLedger,
  verifyEntries,
  verifyLedger,
  verifyStoreLedger,
} from './export.ts'
export type { LedgerSource, VerifyOptions } from './export.ts'
export { verifyCheckpoint } from './checkpoint.ts'
export type { Checkpoint, VerifyingKey } from './checkpoint.ts'
