/** The adapters fit the published types of the packages they serve: checked by the compiler, not by running. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection as NodeConnection } from '@jsforce/jsforce-node'
import type * as sfCore from '@salesforce/core'
import type { Connection } from 'jsforce'
import type { Keyturn } from '../../src/contract.ts'
import { keyturnConnection, keyturnRefreshFn } from '../../src/adapters/jsforce.ts'
import { keyturnOrgConnection } from '../../src/adapters/salesforce-core.ts'
import type { SfCore } from '../../src/adapters/salesforce-core.ts'

/** Never called. */
export const compiles = async (
  keyturn: Keyturn,
  jsforce: { readonly Connection: typeof Connection },
  node: { readonly Connection: typeof NodeConnection },
  core: typeof sfCore,
): Promise<readonly unknown[]> => {
  const connection: Connection = await keyturnConnection(keyturn, 'acme', { Connection: jsforce.Connection })
  const other: NodeConnection = await keyturnConnection(keyturn, 'acme', {
    Connection: node.Connection,
    version: '66.0',
    maxRequest: 5,
    onError: ({ code }) => code,
  })
  const refreshFn = keyturnRefreshFn(keyturn, 'acme')
  const made = [new jsforce.Connection({ refreshFn }), new node.Connection({ refreshFn })]
  const passed: SfCore<sfCore.Connection> = core
  const org: sfCore.Connection = await keyturnOrgConnection(keyturn, 'acme', { core })
  return [connection.query('SELECT Id FROM Account'), other, made, passed, await core.Org.create({ connection: org })]
}

test('the adapters fit the types of jsforce, @jsforce/jsforce-node and @salesforce/core', () => {
  assert.equal(compiles.length, 4)
})
