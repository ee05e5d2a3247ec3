/** What the parts on rotation and posture show when everything went well, for tests that plant one fault. */
import type { Posture } from '../../src/demo/posture/posture.ts'
import type { Rotations } from '../../src/demo/rotation/rotations.ts'
import type { Turn } from '../../src/demo/rotation/turn.ts'

const turn = (credential: string, kind: string): Turn => ({
  credential,
  kind,
  state: 'retired',
  wanted: 'retired',
  proof: 'works',
  exposedMs: 5_000,
  exposed: ['from here until there'],
  oneKeyMs: null,
  tookMs: 60_000,
  asked: 9,
  served: 9,
  refused: 3,
  report: null,
  problems: [],
})

export const turned: Rotations = {
  token: { ...turn('etl-user', 'security-token'), passwordsSet: 1, mails: 1 },
  underLoad: [turn('erp-app', 'external-client-app'), { ...turn('sync-key', 'certificate'), oneKeyMs: 60_000 }],
  takenBack: {
    ...turn('billing-key', 'certificate'),
    ...{ state: 'rolled-back', wanted: 'rolled-back', report: 'Taken back.' },
  },
  calendar: {
    due: [
      {
        ...{ name: 'etl-user', kind: 'security-token', policy: 'preset sbs-acs-009', state: 'fine' },
        ...{ due: '2027-02-13T08:59:01.073Z', dueInDays: 82 },
      },
    ],
    events: 1,
    problems: [],
  },
}

export const mended: Posture = {
  company: 'Legacy Company Inc.',
  controls: 87,
  before: { score: 14, passed: 16, failed: 69, unknown: 2 },
  after: { score: 40, passed: 40, failed: 45, unknown: 2 },
  rotation: { apps: 16, on: 1, ready: 0, waiting: 10, foreign: 5, clients: 30, unknownClients: 27 },
  held: { control: 'oauth-password-flow-blocked', cutOff: ['erp.sync@legacy.example'], outcome: 'needs-override' },
  applied: {
    ...{ control: 'csrf-get', diff: ['-  <enableCSRFOnGet>false</enableCSRFOnGet>'], dryRun: 'accepted' },
    ...{ outcome: 'applied', proof: 'Read again: it is so.' },
  },
  safe: { changes: 2, outcome: 'applied' },
  pages: ['posture.html'],
  problems: [],
}
