/** Apps of both kinds with the names of their files, who uses them, and a fix planned on one of them. */
import assert from 'node:assert/strict'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import type { Parameters } from '../../../src/posture/control.ts'
import { appSubject } from '../../../src/posture/controls/app-control.ts'
import {
  inventory,
  logins,
  machine,
  sampleApp,
  sampleProfile,
  sampleUser,
} from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { AppFact, Facts } from '../../../src/posture/facts.ts'
import { fixNamed, snapshotOf } from './planned.ts'

export const parts = {
  oauth: 'Erp_oauth',
  global: 'Erp_glbl',
  policies: 'Erp_plcy',
  app: 'Erp_app',
  security: 'Erp_sec',
}
export const external = (changes: Partial<AppFact> = {}): AppFact =>
  sampleApp({ files: { app: 'Erp', parts }, ...changes })
export const connected = (changes: Partial<AppFact> = {}): AppFact =>
  sampleApp({ kind: 'connected', id: '0H4000000000001', files: { app: 'Erp', parts: {} }, ...changes })

export interface Planned {
  readonly app: AppFact
  readonly control: string
  readonly parameters?: Parameters
  readonly facts?: Partial<Facts>
}

export const plan = async ({ app, control, parameters = {}, facts = {} }: Planned) => {
  const subject = appSubject(app)
  const fix = await fixNamed(control)
  return fix.plan([{ subject, text: '', facts: {} }], snapshotOf({ apps: known([app]), ...facts }), parameters)
}

/** The bodies after, by component; edited twice nothing changes more. */
export const editedBy = async (planned: Planned, bodies: Readonly<Record<string, MetadataBody>>) => {
  const { fixes, unfixable } = await plan(planned)
  assert.deepEqual(unfixable, [])
  const after: Record<string, MetadataBody> = {}
  for (const { type, fullName, edit } of fixes.flatMap(({ change }) => change.components)) {
    const name = `${type} ${fullName}`
    after[name] = edit(after[name] ?? bodies[name] ?? null)
    assert.deepEqual(edit(after[name]), after[name], `${name}: edited twice`)
  }
  return {
    after,
    restricts: fixes.flatMap(({ restricts }) => restricts),
    titles: fixes.map(({ change }) => change.title),
  }
}

export const oauthConfig = {
  callbackUrl: 'https://erp.example.com/cb',
  isPkceRequired: 'false',
  scopes: ['Api', 'Full', 'RefreshToken'],
}
export const oauthPolicy = { ipRelaxation: 'BYPASS', refreshTokenPolicy: 'infinite' }
export const file = { contactEmail: 'a@example.com', label: 'ERP', oauthConfig, oauthPolicy }

export const used = {
  tokens: known(inventory()),
  ...logins(
    { application: 'Erp', address: '203.0.113.10' },
    { application: 'Erp', address: '203.0.113.11', subType: 'OauthWebServer' },
  ),
  users: known([machine({ permissionSets: known(['Erp_Access']) }), sampleUser()]),
  profiles: known([
    sampleProfile({ fullName: 'Erp Integration' }),
    sampleProfile({ id: '00e000000000001', name: 'Sales', fullName: 'Sales' }),
  ]),
  permissionSets: known([
    { id: '0PS1', name: 'Erp_Access', label: 'ERP', custom: true, assigned: known(1), permissions: known([]) },
  ]),
}
