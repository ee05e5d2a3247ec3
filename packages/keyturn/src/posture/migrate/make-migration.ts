/**
 * The new app in the org, beside the old one: made once, read back as an audit does and compared with the old one, and
 * its key and secret put where clients read them. The pair is made here and kept sealed until it is there, so that a
 * process that is killed goes on with the same one.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { readComponent, textOf } from '../../org/metadata-component.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import type { AppFact } from '../facts.ts'
import { appParts, partName } from '../provision/app-files.ts'
import { appExists } from '../provision/app-place.ts'
import type { Agree, Carry } from '../provision/carry.ts'
import { isThere } from '../provision/carry.ts'
import { newPair } from '../provision/consumer-pair.ts'
import type { SecretDelivery } from '../provision/consumer-pair.ts'
import { keptDocument, readDocument } from '../provision/kept-document.ts'
import { provisionedId } from '../provision/provisioned.ts'
import { migrationComponents } from './migrate-app.ts'
import type { Migration } from './migration.ts'
import { differences } from './same-app.ts'
import type { Difference } from './same-app.ts'

const migratedKind = 'migrated-app'

interface MigratedRecord {
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
  readonly agree: Agree
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

export const makeMigration = async (making: MakeMigration): Promise<MadeMigration> => {
  const { org, orgId, store, migration, before, collectNew, delivery, by, clock, random, carry, agree } = making
  const { from, to } = migration
  const { records } = store
  const id = provisionedId(orgId, to)
  const record = await records.get(migratedKind, id)
  let version = record?.version ?? null
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
  // Taken out of the org since, it is made anew.
  const finished = exists && known?.state === 'done'
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
    const written = await records.put(
      {
        // Two at once would make two pairs: the second one is told to look again.
        ...{ kind: migratedKind, id, doc: keptDocument(doc), expect: version },
        ...(state === 'begun' && pair !== null ? { secrets: { consumerSecret: pair.secret } } : {}),
        ...(state === 'done' ? { forget: ['consumerSecret'] } : {}),
      },
      { kind: `migrate-app-${state}`, grant: null, data: { grantName: org.grant, org: orgId, record: id } },
    )
    version = written.version
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
      components: migrationComponents(migration, pair),
      records: [],
      clicks: [],
    },
    {
      restricts: [],
      begin: () => (finished ? Promise.resolve() : write('begun', pair?.key ?? null)),
      verify: compare,
    },
  )
  const unfinished = { carried, delivered: null, done: false }
  if (!isThere(carried)) return { ...unfinished, key: null, differences: found }
  if (carried.is === 'nothing-to-do') await compare()

  const global = await readComponent(org, { type: appParts.global, fullName: partName('global', to) })
  const key = textOf(global?.['consumerKey'])
  // The secret of a pair that the org did not take opens nothing.
  if (pair !== null && key !== null && key !== pair.key)
    throw new KeyturnError('ORG_REFUSED', `The org gave ${to} another consumer key than it was told`, {
      fix: 'Take key and secret from Setup → External Client App Manager.',
    })
  if (pair !== null && delivery === null) return { ...unfinished, key, differences: found }
  // Nothing was to be changed in the org, so nobody was asked yet.
  const asked = pair !== null && delivery !== null && carried.is === 'nothing-to-do'
  if (asked && !(await agree(`Put the secret of ${to} into ${delivery.name}?`)))
    return { ...unfinished, key, differences: found }
  const delivered = pair === null || delivery === null ? null : await delivery.deliver(pair, `migrate/${id}/1`)
  if (!finished) await write('done', key ?? pair?.key ?? null)
  return { carried, key, delivered, differences: found, done: true }
}
