/** The connections under test, unmodified, through one shape: a query, and a look at what they hold. */
import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import type { RefreshFunction } from '../../src/adapters/jsforce.ts'

export interface AnyConnection extends EventEmitter {
  accessToken?: string | null
  instanceUrl: string
  refreshToken?: string | null
  query(soql: string): PromiseLike<{ readonly totalSize: number }>
  soap: unknown
  bulk: unknown
  metadata: unknown
}

export interface ConnectionConfig {
  readonly instanceUrl: string
  readonly accessToken?: string
  readonly version?: string
  readonly refreshFn?: RefreshFunction
}

export type ConnectionClass = new (config: ConnectionConfig) => AnyConnection

/** `Connection` of a jsforce by name, as a CommonJS program gets it. `from`: a folder whose node_modules holds it. */
export const connectionOf = (name: string, from: string = import.meta.url): ConnectionClass => {
  const loaded = createRequire(from)(name) as { readonly Connection: ConnectionClass }
  return loaded.Connection
}

export const SOQL = 'SELECT Id FROM Account LIMIT 1'
