/** Why an app is kept out: each question the platform asks, with a yes, a no and an unknown, in the platform's order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appAccess } from '../../src/explain/app-access.ts'
import type { Asked } from '../../src/explain/app-access.ts'
import { known, unknown } from '../../src/posture/fact.ts'
import type { AppFact, Facts, UserFact } from '../../src/posture/facts.ts'
import {
  applist,
  profilelist,
  sampleApp,
  sampleLogin,
  sampleProfile,
  sampleUser,
} from '../../src/posture/controls/sample-facts.ts'
import { noFacts } from '../../src/posture/no-facts.ts'

const hidden = unknown('permission', 'may not be seen', 'Customize Application')

const etl = (changes: Partial<UserFact> = {}): UserFact =>
  sampleUser({
    username: 'etl@acme.example',
    permissions: known(['ApiEnabled']),
    permissionSets: known(['Erp_Access']),
    profile: 'Integration',
    profileId: 'p1',
    ...changes,
  })

interface Changes {
  readonly app?: Partial<AppFact>
  readonly user?: Partial<UserFact>
  readonly facts?: Partial<Facts>
  readonly asked?: Partial<Asked>
}

const asked = ({ app = {}, user = {}, facts = {}, asked: more = {} }: Changes) =>
  appAccess(
    { app: 'erp', user: 'ETL@acme.example', address: null, ...more },
    {
      ...noFacts,
      ...applist({ ipRelaxation: known('BYPASS'), tokenIpRanges: known([]), ...app }),
      ...profilelist(
        sampleProfile({ id: 'p1', name: 'Integration', loginHours: known(false), loginRanges: known([]) }),
      ),
      users: known([etl(user)]),
      permissionSets: known([
        {
          id: '0PS1',
          name: 'Erp_Access',
          label: 'ERP access',
          custom: true,
          assigned: known(1),
          permissions: known([]),
        },
      ]),
      logins: known({ days: 90, rows: 0, uses: [] }),
      settings: { 'ConnectedApp.enableAdminApprovedAppsOnly': known(false) },
      ...facts,
    },
  )

const control = (on: boolean): Partial<Facts> => ({
  settings: { 'ConnectedApp.enableAdminApprovedAppsOnly': known(on) },
})

/** Verdict, then what the first question without a yes says. */
const cases: readonly (readonly [string, Changes, string, RegExp])[] = [
  ['nothing keeps it out', {}, 'nothing-found', /credential itself/],
  ['found by its label', { asked: { app: 'ERP' }, app: { name: 'X1', label: 'erp' } }, 'nothing-found', /credential/],
  ['it is not here', { asked: { app: 'Nope' } }, 'blocked', /No app of this name/],
  ['apps could not be read', { facts: { apps: hidden } }, 'unknown', /could not be answered/],
  ['not installed', { app: { origin: known('uninstalled') } }, 'blocked', /not installed/],
  [
    'not installed, and the user may approve',
    {
      app: { origin: known('uninstalled') },
      user: { permissions: known(['ApiEnabled', 'CanApproveUninstalledApps']) },
    },
    'nothing-found',
    /credential/,
  ],
  [
    'not installed, and nobody knows what the user may',
    { app: { origin: known('uninstalled') }, user: { permissions: hidden } },
    'unknown',
    /could not/,
  ],
  ['no OAuth', { app: { oauth: known(false) } }, 'blocked', /SAML or canvas/],
  ['blocked by an administrator', { app: { blocked: known(true) } }, 'blocked', /blocked it/],
  ['no such user', { asked: { user: 'nobody@acme.example' } }, 'blocked', /no such user/],
  ['deactivated', { user: { active: false } }, 'blocked', /deactivated/],
  ['frozen', { user: { frozen: known(true) } }, 'blocked', /frozen/],
  ['frozen or not, nobody knows', { user: { frozen: hidden } }, 'unknown', /could not/],
  ['no API', { user: { permissions: known([]) } }, 'blocked', /API Enabled/],
  [
    'API Access Control, the app open to all',
    { facts: control(true), app: { permittedUsers: known('all') } },
    'blocked',
    /lets everybody authorise/,
  ],
  ['API Access Control, the app approved', { facts: control(true) }, 'nothing-found', /credential/],
  [
    'API Access Control, and the user is exempt',
    {
      facts: control(true),
      app: { permittedUsers: known('all') },
      user: { permissions: known(['ApiEnabled', 'UseAnyApiClient']) },
    },
    'nothing-found',
    /credential/,
  ],
  [
    'API Access Control is not there',
    { facts: { settings: {} }, app: { permittedUsers: known('all') } },
    'nothing-found',
    /credential/,
  ],
  [
    'API Access Control could not be read',
    { facts: { settings: { 'ConnectedApp.enableAdminApprovedAppsOnly': hidden } } },
    'unknown',
    /could not/,
  ],
  ['not permitted', { user: { permissionSets: known(['Other']) } }, 'blocked', /by Erp_Access; this user has none/],
  [
    'nobody is permitted',
    { app: { permittedPermissionSets: known([]) } },
    'blocked',
    /no profile or permission set is named/,
  ],
  [
    'permitted by profile',
    { app: { permittedPermissionSets: known([]), permittedProfiles: known(['Integration']) } },
    'nothing-found',
    /credential/,
  ],
  [
    'permitted by the label of a set',
    { user: { permissionSets: known(['ERP access']) } },
    'nothing-found',
    /credential/,
  ],
  ['permitted or not, nobody is named', { asked: { user: null } }, 'unknown', /could not/],
  ['ranges', { app: { tokenIpRanges: known([{ from: '203.0.113.1', to: '203.0.113.9' }]) } }, 'unknown', /could not/],
  [
    'from an address outside',
    { app: { tokenIpRanges: known([{ from: '203.0.113.1', to: '203.0.113.9' }]) }, asked: { address: '203.0.113.10' } },
    'blocked',
    /203\.0\.113\.10 is not in the refresh token allowlist/,
  ],
  [
    'from an address inside',
    { app: { tokenIpRanges: known([{ from: '203.0.113.1', to: '203.0.113.9' }]) }, asked: { address: '203.0.113.9' } },
    'nothing-found',
    /credential/,
  ],
  [
    'an address, and ranges nobody read',
    { app: { tokenIpRanges: hidden }, asked: { address: '203.0.113.9' } },
    'unknown',
    /could not/,
  ],
  ['without the scope', { app: { scopes: known(['Web']) } }, 'blocked', /without Api every call/],
  [
    'client credentials without a user',
    { app: { flows: known(['client-credentials']), runsAs: known(null) } },
    'blocked',
    /no user to run as/,
  ],
  [
    'tokens that end at once',
    { app: { refreshTokenPolicy: known({ declared: 'zero', effective: 'zero', idleDays: null, lifetimeDays: 0 }) } },
    'blocked',
    /at once/,
  ],
]

for (const [name, changes, verdict, why] of cases)
  test(`app access: ${name}`, () => {
    const found = asked(changes)
    assert.equal(found.verdict, verdict, JSON.stringify(found.checks.filter(({ answer }) => answer !== 'yes')))
    assert.match(found.why, why)
    for (const { answer, next } of found.checks) assert.equal(next !== null, answer === 'no' || answer === 'unknown')
  })

test('of two causes the one the platform meets first is told', () => {
  const both = asked({ app: { blocked: known(true), scopes: known([]) }, user: { active: false } })
  assert.match(both.why, /administrator blocked/)
})

test('what Login History saw is told, and never more than a few addresses', () => {
  const uses = Array.from({ length: 30 }, (_, index) =>
    sampleLogin({ application: 'ERP', user: 'etl@acme.example', address: `203.0.113.${index}`, worked: 1, failed: 2 }),
  )
  const found = asked({ facts: { logins: known({ days: 90, rows: 30, uses }) } })
  assert.match(
    found.checks.at(-1)?.evidence ?? '',
    /30 logins worked and 60 failed within 90 days, from .* and 25 more/,
  )
})

test('a fact of an app that could not be read is never a yes', () => {
  for (const key of Object.keys(sampleApp()) as (keyof AppFact)[]) {
    if (typeof sampleApp()[key] !== 'object' || ['id', 'namespace'].includes(key)) continue
    const before = asked({})
    const after = asked({ app: { [key]: hidden } })
    const yes = (found: typeof before): number => found.checks.filter(({ answer }) => answer === 'yes').length
    assert.ok(yes(after) <= yes(before) && after.verdict !== 'blocked', key)
  }
})
