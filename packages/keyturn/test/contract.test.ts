/**
 * Names of commands, flags, arguments, JSON keys and error codes are a contract: programs depend on them. When a change
 * is meant, write the new contract with KEYTURN_WRITE_CONTRACT=1 and say so in CHANGELOG.md.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorTable, exitCodes } from '@keyturn/tokens'
import { commandTable } from '../src/command-table.ts'
import { connectJwt, connectRefresh, setUp } from './connected.ts'

const file = join(import.meta.dirname, 'contract.json')

/** Names only; a list is described by its first element. */
const keysOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [keysOf(value[0])]
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' || value === null ? 'text' : typeof value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, keysOf(part)]))
}

test('commands, flags, JSON keys, error codes and exit codes are what programs rely on', async (t) => {
  const commands = Object.fromEntries(
    (await commandTable()).map(({ id, command }) => [
      id,
      {
        args: Object.entries(command.args).map(([name, { required }]) => (required === true ? name : `[${name}]`)),
        flags: Object.keys({ ...command.baseFlags, ...command.flags }).sort(),
        json: command.enableJsonFlag,
      },
    ]),
  )
  const setup = await setUp(t)
  const { folder, app } = setup
  await connectJwt(setup, 'jwt')
  await connectRefresh(setup)
  const env = { WEB_SECRET: app('Web').clientSecret }
  const shapes: Record<string, unknown> = {}
  const asked: readonly (readonly string[])[] = [
    ['init'],
    ['token', 'acme'],
    ['token', 'nobody'],
    ['connect', 'acme', '--fallback-grant', 'jwt'],
    ['grants'],
    ['grants', 'show', 'acme'],
    ['grants', 'retry', 'acme'],
    ['fields', 'acme', 'Account', '--require', 'Name:read,Nonsense__c:read'],
    ['audit', 'acme', '--only', 'app-permitted-users'],
    ['audit', 'acme', '--preflight'],
    ['fix', 'acme', '--profile', 'strict'],
    ['ledger', 'verify'],
    ['ledger', 'export', '--output', 'l.jsonl'],
    ['config', 'check'],
    ['config', 'show'],
    ['doctor', '--offline'],
    ['explain', 'inactive_user'],
    ['explain', '--app', 'Web', '--grant', 'acme'],
    ['audit', 'people', 'acme'],
    ['audit', 'machines', 'acme'],
    ['completion', 'bash'],
    ['store', 'backup', 'b.db'],
    ['store', 'migrate'],
    ['store', 'restore', 'b.db', '--store', 'sqlite:./r.db'],
    ['store', 'rotate-key', '--to', 'file:./k2.key', '--store', 'sqlite:./r.db'],
    ['caller', 'add', 'etl', '--grant', 'acme', '--range', '10.0.0.0/8', '--expires', '365d', '--user', 'etl@broker'],
    ['caller', 'list'],
    ['caller', 'rotate', 'etl', '--overlap', '0s'],
    ['caller', 'remove', 'etl', '--yes'],
    ['serve', '--check'],
    ['serve', '--make-ca', './tls'],
    ['grants', 'remove', 'jwt', '--yes'],
    ['grants', 'revoke', 'acme', '--yes'],
    ['store', 'move', '--to', 'sqlite:./m.db'],
  ]
  for (const args of asked) shapes[args.slice(0, 3).join(' ')] = keysOf((await folder.json(args, { env })).value)
  const errors = Object.fromEntries(
    Object.entries(errorTable).map(([code, { kind, retry }]) => [code, `${kind}, retry ${retry}`]),
  )
  const contract = { commands, json: shapes, errors, exitCodes }
  if (process.env['KEYTURN_WRITE_CONTRACT'] === '1') writeFileSync(file, `${JSON.stringify(contract, null, 2)}\n`)
  assert.deepEqual(contract, JSON.parse(readFileSync(file, 'utf8')))
})
