/**
 * The oracle of migration: connected apps of every shape are put into an org, migrated, and both collected again as an
 * audit does. Every carried fact is the same; everything that was not carried is listed, and nothing else is lost.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import type { OrgConnection } from '../../../src/org/connection.ts'
import { elementsOf, readComponents } from '../../../src/org/metadata-component.ts'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import { deployAndWait } from '../../../src/posture/change/deploy-and-wait.ts'
import type { AppFact } from '../../../src/posture/facts.ts'
import { migrationComponents, migrationOf } from '../../../src/posture/migrate/migrate-app.ts'
import { differences, migratedFields } from '../../../src/posture/migrate/same-app.ts'
import { auditedOrg, valueOf } from '../collectors/audited-org.ts'
import { certificate } from './certificate.ts'
import { generatedApps } from './generated-apps.ts'

const admin = 'admin@acme.example'
const count = process.env['KEYTURN_LONG'] === undefined ? 40 : 400

const deploy = async (
  org: OrgConnection,
  components: readonly { readonly type: string; readonly fullName: string; readonly body: MetadataBody }[],
): Promise<void> => {
  const ended = await deployAndWait(org, components, { checkOnly: false, clock: systemClock, tell: () => undefined })
  assert.equal(ended.is, 'succeeded', JSON.stringify(ended))
}

const externalComponents = (migrations: readonly ReturnType<typeof migrationOf>[]) =>
  migrations.flatMap((one) =>
    migrationComponents(one, null).map(({ type, fullName, edit }) => ({ type, fullName, body: edit(null) })),
  )

void test('whatever a connected app is like, the external client app made of it is the same in every carried fact', async (t) => {
  const spec = {
    name: 'acme',
    users: [
      { username: admin, profile: 'System Administrator' },
      { username: 'machine@acme.example', profile: 'Minimum Access - API Only Integrations' },
    ],
    settings: { connectedAppCreation: true },
  }
  const { org, collect } = await auditedOrg(t, { spec: spec as never, user: admin })
  const sets = ['Erp_Sync', 'Billing'].map((fullName) => ({
    type: 'PermissionSet',
    fullName,
    body: { label: fullName, hasActivationRequired: false },
  }))
  await deploy(org, sets)
  const bodies = generatedApps(
    {
      permissionSets: ['Erp_Sync', 'Billing'],
      profiles: ['Admin', 'Minimum Access - API Only Integrations'],
      runsAs: 'machine@acme.example',
      certificate: await certificate(),
    },
    count,
  )
  const names = bodies.map((_, n) => `Generated_${n}`)
  await deploy(
    org,
    bodies.map((body, n) => ({ type: 'ConnectedApp', fullName: names[n] ?? '', body })),
  )
  const there = await readComponents(org, 'ConnectedApp', names)
  assert.equal(there.size, count)
  const options = { harden: false, refreshTokenTtl: true }
  const migrations = [...there].map(([name, body]) => migrationOf(name, body, options))
  await deploy(org, externalComponents(migrations))
  const strict = [...there].map(([name, body]) =>
    migrationOf(name, body, { ...options, harden: true, name: `${name}_Strict` }),
  )
  await deploy(org, externalComponents(strict))

  const apps = new Map(valueOf((await collect(['apps'])).facts.apps).map((one) => [`${one.kind}:${one.name}`, one]))
  const app = (kind: AppFact['kind'], name: string): AppFact => {
    const found = apps.get(`${kind}:${name}`)
    assert(found, `${kind} ${name}`)
    return found
  }
  const compared = new Set<string>()
  for (const one of [...migrations, ...strict]) {
    const [before, after] = [app('connected', one.from), app('external', one.to)]
    assert.deepEqual(differences(before, after, one), [], `${one.from} → ${one.to}`)
    for (const field of migratedFields)
      if (before[field].is === 'known' && after[field].is === 'known') compared.add(field)
    // Nothing vanishes: each element of the file is among the moves, and what was not carried says what to do.
    const body = there.get(one.from) ?? {}
    const elements = Object.entries(body).flatMap(([name, value]) =>
      ['oauthConfig', 'oauthPolicy', 'sessionPolicy'].includes(name)
        ? Object.keys(elementsOf(value)).map((inner) => `${name}.${inner}`)
        : [name],
    )
    assert.deepEqual(one.moves.map(({ element }) => element).toSorted(), elements.toSorted())
    for (const { how, todo, text } of one.moves) if (how === 'not-carried') assert(todo !== null && text !== '')
  }
  assert.deepEqual([...compared].toSorted(), [...migratedFields].toSorted(), 'some field was never compared')
  assert(strict.every(({ hardening }) => hardening.length > 0))
  for (const { to } of strict) {
    const { pkceRequired, rotation, secretRequiredForRefresh, ipRelaxation } = app('external', to)
    assert.deepEqual(
      [valueOf(pkceRequired), valueOf(rotation), valueOf(secretRequiredForRefresh), valueOf(ipRelaxation)],
      [true, true, true, 'ENFORCE'],
    )
  }
})
