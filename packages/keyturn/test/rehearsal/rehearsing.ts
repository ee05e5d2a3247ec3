/** Runs `keyturn rehearse` on a sample client, as people do, and reads what it found. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { BehaviourId, Verdict } from '../../src/rehearsal/behaviours.ts'
import type { Finding } from '../../src/rehearsal/rehearse.ts'
import { makeFolder } from '../cli.ts'
import type { Folder, Ran } from '../cli.ts'

export type Verdicts = Readonly<Record<BehaviourId, Verdict>>

export const allPass: Verdicts = {
  'reads-new-token': 'pass',
  'stores-before-use': 'pass',
  'one-exchange-in-process': 'pass',
  'one-exchange-across-processes': 'pass',
  'survives-restart': 'pass',
  'survives-lost-answer': 'pass',
  'stops-at-invalid-grant': 'pass',
  'no-storm': 'pass',
}

export const client = (name: string): string => join(import.meta.dirname, 'clients', `${name}.ts`)

export interface Found {
  readonly ran: Ran
  readonly folder: Folder
  readonly findings: readonly Finding[]
  /** A verdict that is not the same in both reuse modes reads `pass/fail`. */
  readonly verdicts: Readonly<Record<string, string>>
  readonly log: readonly string[]
}

/** What a token, a key or a client secret of the simulator looks like. */
export const secretShape = /00D\w{12,15}!|\b5Aep|PRIVATE KEY|\b[0-9A-F]{64}\b|Pw-[0-9a-f]{12}/

export const rehearseSample = async (
  t: TestContext,
  name: string,
  options: { readonly flags?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Found> => {
  const folder = makeFolder(t)
  const args = ['rehearse', '--json', '--log', 'wire.jsonl', '--jobs', '4', ...(options.flags ?? [])]
  const ran = await folder.run([...args, '--', process.execPath, client(name)], { env: options.env ?? {} })
  const log = readFileSync(join(folder.path, 'wire.jsonl'), 'utf8')
  assert.doesNotMatch(ran.stdout + ran.stderr + log, secretShape)
  const { behaviours } = JSON.parse(ran.stdout) as { readonly behaviours: readonly Finding[] }
  const verdicts = Object.fromEntries(
    behaviours.map(({ id, modes }) => [id, [...new Set(modes.map(({ verdict }) => verdict))].join('/')]),
  )
  return { ran, folder, findings: behaviours, verdicts, log: log.trim().split('\n') }
}

/** The whys, for a test that does not find what it expects. */
export const whysOf = ({ findings }: Found): string =>
  findings.flatMap(({ id, modes }) => modes.map(({ mode, why }) => `${id} (${mode}): ${why}`)).join('\n')
