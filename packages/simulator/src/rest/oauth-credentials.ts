/**
 * /apps/oauth/credentials: consumers of external client apps, their keys and secrets, and staged pairs (Connect REST
 * API). Refused as a whole unless the org shows consumer secrets over REST.
 */
import { ApiError, notFound } from '../data/api-error.ts'
import { canonicalId } from '../data/record-id.ts'
import { dateTimeText } from '../data/values.ts'
import { allApps } from '../state/apps.ts'
import type { SimApp } from '../state/apps.ts'
import { consumersOf, primaryOf } from '../state/consumers.ts'
import type { AppConsumer } from '../state/consumers.ts'
import type { Org } from '../state/org.ts'
import { recordSetupChange } from '../state/platform-rows.ts'
import { consumerEntries } from '../state/setup-changes.ts'
import { removeStaged, rotateIn, stage, stagedOf } from '../state/staged.ts'
import type { StagedRecord } from '../state/staged.ts'
import { userById } from '../state/users.ts'
import type { Answer, Call, JsonObject, Method, Resource } from './call.ts'
import { jsonBody, prefixOf } from './call.ts'
import type { OrgOf } from './password.ts'

interface Place {
  readonly org: Org
  readonly call: Call
  readonly app: SimApp
}

function externalApp(org: Org, text: string): SimApp {
  const id = canonicalId(text)
  const app = allApps(org).find((one) => one.id === id && one.kind === 'external')
  if (app === undefined) throw notFound()
  return app
}

function admit(org: Org, call: Call, secrets: boolean): void {
  if (!org.settings().consumerSecretsByRest)
    throw new ApiError(403, 'FUNCTIONALITY_NOT_ENABLED', 'This feature is not currently enabled for this user.')
  if (!call.access.has('ExternalClientAppDeveloper') || (secrets && !call.access.has('ViewClientSecret')))
    throw new ApiError(
      403,
      'INSUFFICIENT_ACCESS',
      'You do not have the level of access necessary to perform the operation you requested. Please contact the owner of the record or your administrator if access is necessary.',
    )
}

const since = (call: Call, version: number): void => {
  if (Number(call.version) < version) throw notFound()
}

const pathOf = ({ call, app }: Place, consumerId = ''): string =>
  `${prefixOf(call)}/apps/oauth/credentials/${app.id}${consumerId === '' ? '' : `/${consumerId}`}`

function consumerBody(place: Place, consumer: AppConsumer, parts: 'key' | 'secret' | 'keyandsecret'): JsonObject {
  const { clientId, clientSecret } = primaryOf(place.org, consumer.id)
  const url = pathOf(place, consumer.id)
  return {
    id: consumer.id,
    name: consumer.name,
    ...(parts === 'secret' ? {} : { key: clientId }),
    ...(parts === 'key' ? {} : { secret: clientSecret }),
    ...(Number(place.call.version) < 65 ? {} : { stagedCredentialsUrl: `${url}/staged` }),
    url,
  }
}

function stagedBody(place: Place, record: StagedRecord): JsonObject {
  const { pair } = record
  const primary = pathOf(place, pair.consumerId)
  const own = `${primary}/staged/${record.id}`
  const swapped = place.app.settings.stagedUrls === 'swapped'
  return {
    createdBy: (pair.createdBy === null ? undefined : userById(place.org, pair.createdBy)?.username) ?? '',
    createdDate: dateTimeText(pair.createdAt),
    expirationDate: pair.expiresAt === null ? null : dateTimeText(pair.expiresAt),
    id: record.id,
    key: pair.clientId,
    secret: pair.clientSecret,
    stagedCredentialsUrl: swapped ? primary : own,
    state: record.state,
    url: swapped ? own : primary,
  }
}

const partOf = (call: Call): 'key' | 'secret' | 'keyandsecret' => {
  const part = (call.query.get('part') ?? 'key').toLowerCase()
  if (part === 'key' || part === 'secret' || part === 'keyandsecret') return part
  throw new ApiError(400, 'INVALID_PARAMETER', `part is one of key, secret, keyandsecret; got ${part}`)
}

function consumerIn({ org, app }: Place, text: string): AppConsumer {
  const id = canonicalId(text)
  const consumer = consumersOf(org, app.id).find((one) => one.id === id)
  if (consumer === undefined) throw notFound()
  return consumer
}

function recordIn(place: Place, consumer: AppConsumer, id: string): StagedRecord {
  const record = stagedOf(place.org, consumer.id).find((one) => one.id === canonicalId(id))
  if (record === undefined) throw notFound()
  return record
}

const audit = ({ org, call, app }: Place, action: 'generate' | 'apply'): void => {
  for (const entry of consumerEntries(app).filter((one) => one.action.startsWith(action)))
    recordSetupChange(org, { ...entry, by: call.session.userId })
}

function stageNew(place: Place, consumer: AppConsumer): Answer {
  const record = stage(place.org, place.app, consumer.id, place.call.session.userId)
  if (record === null)
    throw new ApiError(400, 'INVALID_INPUT', 'Staged credentials already exist for this consumer. Delete them first.')
  audit(place, 'generate')
  return {
    status: 200,
    body: { stagedCredentials: [stagedBody(place, record)], url: `${pathOf(place, consumer.id)}/staged` },
  }
}

function command(place: Place, consumer: AppConsumer, record: StagedRecord): Answer {
  if (jsonBody(place.call)['command'] !== 'rotate')
    throw new ApiError(400, 'INVALID_INPUT', 'The only command is rotate')
  if (record.state !== 'Active')
    throw new ApiError(400, 'INVALID_INPUT', `Staged credentials of state ${record.state} can’t be rotated`)
  rotateIn(place.org, place.app, record)
  audit(place, 'apply')
  return { status: 200, body: stagedBody(place, recordIn(place, consumer, record.id)) }
}

export function credentialResources(orgOf: OrgOf): readonly Resource[] {
  const under = (
    version: number,
    secrets: (call: Call) => boolean,
    run: (place: Place, match: RegExpExecArray) => Answer,
  ): ((call: Call, match: RegExpExecArray) => Answer) => {
    return (call, match) => {
      const org = orgOf(call)
      since(call, version)
      admit(org, call, secrets(call))
      return run({ org, call, app: externalApp(org, match[1] ?? '') }, match)
    }
  }
  const withSecrets = (): boolean => true
  const staged = (
    run: (place: Place, consumer: AppConsumer, record: StagedRecord) => Answer,
  ): NonNullable<Resource['methods'][Method]> =>
    under(65, withSecrets, (place, match) => {
      const consumer = consumerIn(place, match[2] ?? '')
      return run(place, consumer, recordIn(place, consumer, match[3] ?? ''))
    })
  return [
    {
      pattern: /^\/apps\/oauth\/credentials\/([^/]+)$/,
      methods: {
        GET: under(
          60,
          () => false,
          (place) => {
            const parts = place.call.access.has('ViewClientSecret') ? 'keyandsecret' : 'key'
            const consumers = consumersOf(place.org, place.app.id).map((one) => consumerBody(place, one, parts))
            return { status: 200, body: { consumers, currentPageUrl: pathOf(place) } }
          },
        ),
      },
    },
    {
      pattern: /^\/apps\/oauth\/credentials\/([^/]+)\/([^/]+)$/,
      methods: {
        GET: under(
          60,
          (call) => partOf(call) !== 'key',
          (place, match) => ({
            status: 200,
            body: consumerBody(place, consumerIn(place, match[2] ?? ''), partOf(place.call)),
          }),
        ),
      },
    },
    {
      pattern: /^\/apps\/oauth\/credentials\/([^/]+)\/([^/]+)\/staged$/,
      methods: {
        GET: under(65, withSecrets, (place, match) => {
          const consumer = consumerIn(place, match[2] ?? '')
          return {
            status: 200,
            body: {
              stagedCredentials: stagedOf(place.org, consumer.id).map((record) => stagedBody(place, record)),
              url: `${pathOf(place, consumer.id)}/staged`,
            },
          }
        }),
        POST: under(65, withSecrets, (place, match) => stageNew(place, consumerIn(place, match[2] ?? ''))),
      },
    },
    {
      pattern: /^\/apps\/oauth\/credentials\/([^/]+)\/([^/]+)\/staged\/([^/]+)$/,
      methods: {
        GET: staged((place, _consumer, record) => ({ status: 200, body: stagedBody(place, record) })),
        PATCH: staged(command),
        DELETE: staged((place, _consumer, record) => {
          removeStaged(place.org, record)
          return { status: 204 }
        }),
      },
    },
  ]
}
