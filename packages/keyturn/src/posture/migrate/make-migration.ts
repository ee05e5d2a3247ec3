/**
 * The new app in the org, beside the old one: made once, read back as an audit does and compared with the old one, and
 * its key and secret put where clients read them. The pair is made here and kept sealed until it is there, so that a
 * process that is killed goes on with the same one.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { createHash } from 'node:crypto'
import type { OrgConnection } from '../../org/connection.ts'
import { readComponent, textOf } from '../../org/metadata-component.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import type { AppFact } from '../facts.ts'
import { appParts, partName } from '../provision/app-files.ts'
import { appExists } from '../provision/app-place.ts'
import type { Carry } from '../provision/carry.ts'
import { isThere } from '../provision/carry.ts'
import type { SecretDelivery } from '../provision/make-app.ts'
import { migrationComponents } from './migrate-app.ts'
import type { Migration } from './migration.ts'
import { differences } from './same-app.ts'
import type { Difference } from './same-app.ts'
import { keptDocument, readDocument } from '../provision/kept-document.ts'

export const migratedKind = 'migrated-app'

export interface MigratedRecord {
  readonly state: 'begun' | 'done'
  readonly org: string
  readonly grant: string
  readonly from: string
  readonly to: string
  /** Epoch ms. */
  readonly at: number
  readonly by: string
  readonly key: string | null
  readonly secretTo: string | null
}

export const migratedId = (orgId: string, to: string): string =>
  `${orgId.slice(0, 15)}/${createHash('sha256').update(to.toLowerCase()).digest('hex').slice(0, 32)}`

export interface MakeMigration {
  readonly org: OrgConnection
  readonly orgId: string
  readonly store: Pick<Keyturn['store'], 'records'>
  readonly migration: Migration
  /** The old app, as it was collected. */
  readonly before: AppFact
  /** The new one, collected now. */
  readonly collectNew: () => Promise<AppFact | null>
  readonly delivery: SecretDelivery | null
  readonly by: string
  readonly clock: Clock
  readonly random: (bytes: number) => Buffer
  readonly carry: Carry
}

export interface MadeMigration {
  readonly carried: CarriedOut
  /** Of the new app; null: it is not there, or the org doesn’t show it. */
  readonly key: string | null
  readonly delivered: string | null
  /** Null: the new app is not there. */
  readonly differences: readonly Difference[] | null
  readonly done: boolean
}

/** In Salesforce’s form; never shown before the app is there, so nobody can have chosen the same. */
const newPair = (random: MakeMigration['random']): { readonly key: string; readonly secret: Secret } => ({
  key: `3MVG9${random(60).toString('base64url').replace(/[-_]/g, 'x')}`,
  secret: new Secret(random(32).toString('hex').toUpperCase()),
})

export const makeMigration = async (making: MakeMigration): Promise<MadeMigration> => {
  const { org, orgId, store, migration, before, collectNew, delivery, by, clock, random, carry } = making
  const { from, to } = migration
  const { records } = store
  const id = migratedId(orgId, to)
  const record = await records.get(migratedKind, id)
  const known = record === null ? null : readDocument<MigratedRecord>(record)
  const exists = await appExists(org, to)
  if (exists && (known === null || known.from !== from))
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `There is an external client app ${to} already, not made from ${from} here`,
      {
        fix: 'Choose another name with --name.',
      },
    )
  const kept = known === null ? null : await records.secret(migratedKind, id, 'consumerSecret')
  const keptKey = known?.key ?? null
  const pair =
    kept !== null && keptKey !== null
      ? { key: keptKey, secret: kept }
      : delivery !== null && !exists
        ? newPair(random)
        : null
  if (delivery !== null && exists && pair === null && known?.secretTo !== delivery.name)
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `${to} is there with a secret that Salesforce made, which is not shown here`,
      {
        fix: 'Take it from Setup, or bring the app under rotation: `keyturn rotate` then writes a new one to its destinations.',
      },
    )

  const write = async (state: MigratedRecord['state'], key: string | null): Promise<void> => {
    const secretTo = delivery?.name ?? known?.secretTo ?? null
    const doc: MigratedRecord = { state, org: orgId, grant: org.grant, from, to, at: clock.wall(), by, key, secretTo }
    await records.put(
      {
        ...{ kind: migratedKind, id, doc: keptDocument(doc) },
        ...(state === 'begun' && pair !== null ? { secrets: { consumerSecret: pair.secret } } : {}),
        ...(state === 'done' ? { forget: ['consumerSecret'] } : {}),
      },
      { kind: `migrate-app-${state}`, grant: null, data: { grantName: org.grant, org: orgId, record: id } },
    )
  }
  let found: readonly Difference[] | null = null
  const compare = async (): Promise<{ readonly ok: boolean; readonly text: string }> => {
    const after = await collectNew()
    if (after === null) return { ok: false, text: `The org does not show ${to}` }
    found = differences(before, after, migration)
    return found.length === 0
      ? { ok: true, text: `${to} is the same as ${from} in everything that was carried over` }
      : { ok: false, text: found.map(({ field, was, is }) => `${field}: ${was} became ${is}`).join('; ') }
  }
  const carried = await carry(
    {
      title: `Make the external client app ${to} of the connected app ${from}`,
      components: migrationComponents(
        migration,
        pair === null ? null : { key: pair.key, secret: pair.secret.reveal() },
      ),
      records: [],
      clicks: [],
    },
    {
      restricts: [],
      begin: () => (known?.state === 'done' ? Promise.resolve() : write('begun', pair?.key ?? null)),
      verify: compare,
    },
  )
  if (!isThere(carried)) return { carried, key: null, delivered: null, differences: found, done: false }
  if (carried.is === 'nothing-to-do') await compare()

  const global = await readComponent(org, { type: appParts.global, fullName: partName('global', to) })
  const key = textOf(global?.['consumerKey'])
  // The secret of a pair that the org did not take opens nothing.
  if (pair !== null && key !== null && key !== pair.key)
    throw new KeyturnError('ORG_REFUSED', `The org gave ${to} another consumer key than it was told`, {
      fix: 'Take key and secret from Setup → External Client App Manager.',
    })
  if (pair !== null && delivery === null) return { carried, key, delivered: null, differences: found, done: false }
  const delivered = pair === null || delivery === null ? null : await delivery.deliver(pair, `migrate/${id}/1`)
  if (known?.state !== 'done') await write('done', key ?? pair?.key ?? null)
  return { carried, key, delivered, differences: found, done: true }
}
