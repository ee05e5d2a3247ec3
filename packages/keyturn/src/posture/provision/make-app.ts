/**
 * An external client app from its description: refused where it is unsafe, written down, deployed, judged as an audit
 * would, and its secret put where the integration reads it. The pair is made here and kept sealed until it is there, so
 * that nobody has to read a secret from the org, and a process that is killed goes on with the same pair.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Json, Keyturn } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { readComponent, textOf } from '../../org/metadata-component.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import type { OrgChange } from '../change/org-change.ts'
import { isEmpty, prepareChange } from '../change/prepare-change.ts'
import { appClicks } from './app-clicks.ts'
import type { AppDescription } from './app-description.ts'
import { appComponents, appParts, approvalSet, partName } from './app-files.ts'
import { refuseUnsafe } from './app-objections.ts'
import { appExists, appSurface, isSandbox, requireNamed } from './app-place.ts'
import type { Agree, Carry } from './carry.ts'
import { isThere, tookNothing } from './carry.ts'
import { newPair } from './consumer-pair.ts'
import type { SecretDelivery } from './consumer-pair.ts'
import { judgeApp } from './judge-app.ts'
import type { AppJudgement } from './judge-app.ts'
import { dropProvisioned, notOurs, provisionedId, provisionedKinds, readProvisioned } from './provisioned.ts'
import type { Provisioned } from './provisioned.ts'
import { keptDocument } from './kept-document.ts'

export interface MakeApp {
  readonly org: OrgConnection
  readonly store: Pick<Keyturn['store'], 'records'>
  readonly name: string
  readonly description: AppDescription
  /** PEM. */
  readonly certificate: string | null
  readonly delivery: SecretDelivery | null
  readonly by: string
  readonly clock: Clock
  readonly random: (bytes: number) => Buffer
  readonly carry: Carry
  readonly agree: Agree
}

export interface MadeApp {
  readonly carried: CarriedOut | null
  /** Null: it is not there, or the org doesn’t show it. */
  readonly key: string | null
  /** Where the secret is now; null: nowhere by us. */
  readonly delivered: string | null
  readonly judgement: AppJudgement | null
  readonly clicks: readonly string[]
  readonly done: boolean
}

const keyIn = async (org: OrgConnection, name: string): Promise<string | null> =>
  textOf((await readComponent(org, { type: appParts.global, fullName: partName('global', name) }))?.['consumerKey'])

/** Of an app that is finished nothing is changed here: what uses it would have to be looked at first. */
const refuseChanges = async (org: OrgConnection, change: OrgChange): Promise<void> => {
  if (isEmpty(await prepareChange(org, change))) return
  throw new KeyturnError('BAD_ARGUMENT', `${change.title}: it was made already, and the description says otherwise`, {
    fix: '`keyturn audit` judges it as it is, and `keyturn fix` changes it with a look at who uses it.',
  })
}

export const makeApp = async (making: MakeApp): Promise<MadeApp> => {
  const { org, store, name, description, certificate, delivery, by, clock, random, carry, agree } = making
  const { records } = store
  const [{ orgId }, sandbox] = await Promise.all([org.whoAmI(), isSandbox(org)])
  refuseUnsafe(description, { sandbox })
  const surface = await appSurface(org)
  const known = await readProvisioned(records, 'app', orgId, name)
  const exists = await appExists(org, name)
  if (exists && known === null)
    throw notOurs('an external client app', name, 'Choose another name; `keyturn audit` judges the one that is there.')
  // Taken out of the org since, it is made anew.
  const finished = exists && known?.doc.state === 'done'
  const { makeSet, toAssign } = await requireNamed(org, description)

  const id = provisionedId(orgId, name)
  const place = { kind: provisionedKinds.app, id }
  const kept = known === null ? null : await records.secret(place.kind, id, 'consumerSecret')
  const keptKey = known?.doc.key ?? null
  const secretTo = delivery?.name ?? null
  const keptTo = exists ? (known?.doc.secretTo ?? null) : null
  const keyNow = exists && !finished && keptKey !== null ? await keyIn(org, name) : null
  if (keyNow !== null && keyNow !== keptKey)
    throw notOurs('an external client app', name, 'Somebody made it under that name meanwhile: choose another one.')
  const pair =
    kept !== null && keptKey !== null
      ? { key: keptKey, secret: kept }
      : delivery !== null && !exists
        ? newPair(random)
        : null
  if (delivery !== null && pair === null && exists && keptTo !== delivery.name)
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `${name} is there with a secret that Salesforce made, which is not shown here`,
      {
        fix: `Take it from Setup, or leave --secret-to out; \`keyturn credentials adopt\` brings it under rotation.`,
      },
    )

  const change: OrgChange = {
    title: `Make the external client app ${name}`,
    components: [
      ...(makeSet ? [approvalSet(description.permissionSet, name)] : []),
      ...appComponents({ name, description, surface, certificate, pair }),
    ],
    records: [],
    clicks: appClicks({ name, description, surface, secretDelivered: pair !== null || keptTo !== null, toAssign }),
  }
  if (finished) await refuseChanges(org, change)

  const doc = (state: Provisioned['state'], key: string | null): Provisioned => ({
    state,
    org: orgId,
    grant: org.grant,
    name,
    at: known?.doc.at ?? clock.wall(),
    by,
    key,
    secretTo: secretTo ?? keptTo,
    permissionSet: description.permissionSet,
    ownProfile: null,
    description: description as unknown as Json,
  })
  let version = known?.record.version ?? null
  const write = async (state: Provisioned['state'], key: string | null): Promise<void> => {
    const written = await records.put(
      {
        ...place,
        doc: keptDocument(doc(state, key)),
        // Two at once would make two pairs: the second one is told to look again.
        expect: version,
        ...(state === 'begun' && pair !== null ? { secrets: { consumerSecret: pair.secret } } : {}),
        ...(state === 'done' ? { forget: ['consumerSecret'] } : {}),
      },
      { kind: `provision-app-${state}`, grant: null, data: { grantName: org.grant, org: orgId, record: id } },
    )
    version = written.version
  }
  const carried = await carry(change, {
    restricts: [],
    begin: () => (finished ? Promise.resolve() : write('begun', pair?.key ?? null)),
  })
  const unfinished = { carried, delivered: null, judgement: null, clicks: change.clicks, done: false }
  if (known === null && tookNothing(carried)) await dropProvisioned(records, 'app', orgId, name)
  if (!isThere(carried)) return { ...unfinished, key: null }

  const [key, judgement] = await Promise.all([keyIn(org, name), judgeApp(org, clock, name, description.reasons)])
  if (judgement.failed.length > 0) return { ...unfinished, key, judgement }
  // The secret of a pair that the org did not take opens nothing.
  if (pair !== null && key !== null && key !== pair.key)
    throw new KeyturnError('ORG_REFUSED', `The org gave ${name} another consumer key than it was told`, {
      fix: 'Take key and secret from Setup → External Client App Manager.',
    })
  // Nothing was to be changed in the org, so nobody was asked yet.
  const asked = pair !== null && delivery !== null && carried.is === 'nothing-to-do'
  if (asked && !(await agree(`Put the secret of ${name} into ${delivery.name}?`)))
    return { ...unfinished, key, judgement }
  const delivered = pair === null || delivery === null ? null : await delivery.deliver(pair, `provision/${id}/1`)
  if (pair !== null && delivery === null) return { ...unfinished, key, judgement }
  if (!finished) await write('done', key ?? pair?.key ?? null)
  return { carried, key, delivered, judgement, clicks: change.clicks, done: true }
}
