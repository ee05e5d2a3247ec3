/**
 * The simulated org whose credentials are turned. Its servers need ten minutes to know a new pair or key and disagree
 * meanwhile, its metadata jobs take time, it mails security tokens, and whoever calls comes from an untrusted address.
 */
import { loadSimulator } from '../../sim/load-simulator.ts'
import type { Simulator } from '../../sim/load-simulator.ts'

const minute = 60_000
const day = 86_400_000
/** So long an app's servers disagree on what is new. */
export const DISAGREE = 10 * minute
/** Longer than a metadata job takes. */
export const METADATA_JOB = 2_000

export const robot = 'robot@acme.example'
export const machine = 'machine@acme.example'
export const administrator = 'admin@acme.example'
export const rotator = 'rotator@acme.example'

/** An app that takes JWT logins, as it is before anything is turned. */
interface Client {
  readonly clientId: string
  readonly privateKey: string
  readonly certificate: string
}

export interface RotationOrg {
  readonly sim: Simulator
  readonly erp: { readonly clientId: string; readonly clientSecret: string }
  readonly sync: Client
  readonly billing: Client
}

/** The demo's own week ends when the demo runs: `keyturn schedule`, a process of its own, then sees the same time. */
const WEEK = 7 * day

export const startOrg = async (now: number, mailPort: number): Promise<RotationOrg> => {
  const startSimulator = await loadSimulator()
  const slow = { propagationMs: DISAGREE, propagation: 'mixed' } as const
  const sim = await startSimulator({
    seed: 'rotation',
    clockStart: now - WEEK,
    orgs: [
      {
        name: 'acme',
        users: [
          { username: administrator, profile: 'System Administrator' },
          {
            username: rotator,
            permissions: ['ExternalClientAppDeveloper', 'ViewClientSecret', 'ModifyMetadata', 'CustomizeApplication'],
          },
          { username: robot, firstName: 'Rob', lastName: 'Robot' },
          { username: machine, apiOnly: true },
        ],
        apps: [
          { name: 'Web' },
          {
            name: 'Erp',
            kind: 'external',
            settings: {
              ...slow,
              clientCredentials: true,
              clientCredentialsUser: machine,
              oldConsumerMs: 30 * day,
            },
          },
        ],
        settings: {
          assumedAddress: '198.51.100.7',
          metadataRunMs: METADATA_JOB / 2,
          mail: { host: '127.0.0.1', port: mailPort },
        },
      },
    ],
  })
  const withKey = (name: string, more: object): Client => {
    const settings = { ...more, permittedUsers: 'admin', preAuthorizedUsers: [machine], pkceRequired: true } as const
    const app = sim.control.addApp({ name, kind: 'connected', certificate: { days: 365, keySize: 2048 }, settings })
    if (app.privateKey === null || app.certificate === null) throw new Error(`${name} has no key`)
    return { clientId: app.clientId, privateKey: app.privateKey, certificate: app.certificate }
  }
  const erp = sim.orgs[0]?.apps.find(({ name }) => name === 'Erp')
  if (erp === undefined) throw new Error('the simulated org has no app Erp')
  return { sim, erp, sync: withKey('Sync', slow), billing: withKey('Billing', {}) }
}
