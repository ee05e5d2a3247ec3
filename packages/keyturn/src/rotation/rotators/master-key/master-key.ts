/**
 * The master key of this store. A guided run: the key lies outside the store, every process that has the store open must
 * be ended and started with the new one, and only a person can see to that. What happened is read off the ledger.
 */
import { defineRotator } from '../../rotator.ts'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { masterKeySettings } from './settings.ts'
import type { MasterKeySettings } from './settings.ts'

type Step = RotationStep<MasterKeySettings>
type Context = StepContext<MasterKeySettings>

const page = 1_000
const lookAgain = 60_000

/** The moment of the last change of the key after that entry; null: none. */
const changedAt = async (keyturn: Context['keyturn'], after: number): Promise<number | null> => {
  for (let from = after + 1, at: number | null = null; ;) {
    const entries = await keyturn.store.ledger(from, page)
    at = entries.findLast(({ kind }) => kind === 'master-key-rotated')?.at ?? at
    const last = entries.at(-1)
    if (last === undefined || entries.length < page) return at
    from = last.seq + 1
  }
}

const change: Step = {
  name: 'change',
  does: 'Asks a person to seal the store with a new key',
  reaches: 'active',
  undo: 'nothing',
  async run(context) {
    const at = await changedAt(context.keyturn, context.ledgerFrom)
    if (at !== null) {
      await context.keep({ active: true, verified: true })
      return { is: 'done', note: `the store was sealed anew ${new Date(at).toISOString()}` }
    }
    return {
      is: 'person',
      recheck: lookAgain,
      task: {
        what: 'Seal this store with a new master key',
        clicks: [
          `Run \`keyturn store rotate-key --to ${context.settings.to}\` (makes the key where there is none)`,
          'Name the new key as masterKey in keyturn.yaml on every host, and start keyturn serve and every other process again',
          'Keep a copy of the new key away from the store; backups made before this still need the old one',
        ],
        asks: [],
      },
    }
  },
}

const retire: Step = {
  name: 'retire',
  does: 'Ends the run; the old key opens older backups only',
  reaches: 'retired',
  undo: 'impossible',
  run: async () => ({ is: 'done', note: 'this process opened the store with the new key' }),
}

export const masterKey = defineRotator<MasterKeySettings>({
  kind: 'master-key',
  title: 'Master key of this store',
  settings: masterKeySettings,
  fields: [],
  steps: [change, retire],
  exposure: null,
  person: 'Run one command and start every process again.',
  orgOf: () => null,
  preflight: async () => [],
  async age({ keyturn }) {
    const changed = await changedAt(keyturn, 0)
    const [first] = await keyturn.store.ledger(1, 1)
    const since = changed ?? first?.at
    return since === undefined
      ? { basis: 'unknown', why: 'the ledger is empty' }
      : { basis: 'known', since, why: changed === null ? 'as old as the store' : 'the ledger says when it was changed' }
  },
})
