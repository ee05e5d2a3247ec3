/** A process that moves an sf login to Keyturn and kills itself at the step it is told. */
import { core } from './sf-home.ts'
import { importFromSf } from '../../src/adapters/salesforce-core.ts'
import type { SfCore } from '../../src/adapters/salesforce-core.ts'
import { openKeyturn } from '../../src/keyturn.ts'

interface Move {
  readonly step: 'before-pause' | 'before-write' | 'after-write'
  readonly username: string
  readonly name: string
  readonly store: string
  readonly masterKey: string
}

const { step, username, name, store, masterKey } = JSON.parse(process.env['KEYTURN_TEST_MOVE'] ?? '{}') as Move

const die = async (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise<never>(() => undefined)
}

const keyturn = await openKeyturn({ store, masterKey: Buffer.from(masterKey, 'base64'), env: {} })
const dying: typeof keyturn = {
  ...keyturn,
  store: {
    ...keyturn.store,
    apply: (id, event, puts) => {
      const type = 'type' in event ? event.type : null
      const fatal = type === 'enrol' ? 'before-pause' : type === 'enrolment-ended' ? 'after-write' : null
      // grants.add announces the access token it was given by itself, through the library's own store.
      return fatal === step ? die() : keyturn.store.apply(id, event, puts)
    },
  },
}
const dyingCore: SfCore = {
  ...core,
  Connection: core.Connection,
  StateAggregator: core.StateAggregator,
  AuthInfo: {
    create: async (options) => (step === 'before-write' ? die() : core.AuthInfo.create(options)),
  },
}
await importFromSf({ keyturn: dying, core: dyingCore, name, aliasOrUsername: username })
