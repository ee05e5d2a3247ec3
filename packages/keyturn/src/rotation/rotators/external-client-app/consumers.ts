/**
 * The Connect REST resources of an external client app's consumers: who they are, their pairs, what is staged.
 * Source: Connect REST API guide v66, "External Client App OAuth Credentials"; what the guide and tools in use disagree
 * on (which `url` of a staged record is its own) is avoided: paths are built from ids.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { Json } from '@keyturn/tokens'
import { orgRefused, row, rows } from '../../../org/connection.ts'
import type { OrgConnection, RestAnswer, Row } from '../../../org/connection.ts'

export interface Place {
  readonly app: string
  readonly consumer: string
  /** The key that is the primary one now. */
  readonly key: string
}

export interface StagedPair {
  readonly id: string
  readonly key: string
  readonly secret: Secret | null
  readonly state: string
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** An id as it is, for an app that nobody uses yet may not be listed; else the app of that developer name. */
export const findApp = async (org: OrgConnection, app: string): Promise<string> => {
  if (/^0[a-zA-Z0-9]{14}([a-zA-Z0-9]{3})?$/.test(app)) return app
  const seen = new Set<string>()
  // A next page is named behind the last one, too: one that shows nothing new is the end.
  for (let path: string | null = '/apps/oauth/usage?pageSize=100'; path !== null;) {
    const page: Row = row(await org.rest('GET', path))
    const apps = rows(page['apps']).map(({ developerName, identifier }) => ({ id: text(identifier), developerName }))
    const found = apps.find(({ developerName }) => developerName === app)
    if (found !== undefined) return found.id
    const next = page['nextPageUrl']
    path = typeof next === 'string' && apps.some(({ id }) => !seen.has(id)) ? next : null
    for (const { id } of apps) seen.add(id)
  }
  throw new KeyturnError('CONFIG_INVALID', `The org knows no external client app ${app}`, {
    fix: 'Name its id (0x…) or its developer name; Setup → External Client App Manager shows both.',
  })
}

export const findPlace = async (org: OrgConnection, app: string, consumer: string | undefined): Promise<Place> => {
  const id = await findApp(org, app)
  const consumers = rows(row(await org.rest('GET', `/apps/oauth/credentials/${id}`))['consumers'])
  const [only, ...others] = consumers
  const found =
    consumer === undefined
      ? others.length === 0
        ? only
        : undefined
      : consumers.find((one) => one['id'] === consumer || one['name'] === consumer)
  if (found === undefined) {
    const names = consumers.map(({ name }) => text(name)).join(', ')
    throw new KeyturnError(
      'CONFIG_INVALID',
      consumer === undefined ? `${app} has several consumers: ${names}` : `${app} has no consumer ${consumer}`,
      { fix: `Name one as \`consumer\`: ${names}.` },
    )
  }
  const place = { app: id, consumer: text(found['id']), key: text(found['key']) }
  if (place.consumer === '' || place.key === '')
    throw new KeyturnError('ORG_UNAVAILABLE', 'The org’s record of the consumer is incomplete')
  return place
}

const under = ({ app, consumer }: Pick<Place, 'app' | 'consumer'>): string =>
  `/apps/oauth/credentials/${app}/${consumer}`

export const currentPair = async (org: OrgConnection, place: Place): Promise<{ key: Secret; secret: Secret }> => {
  const { key, secret } = row(await org.rest('GET', `${under(place)}?part=keyandsecret`))
  if (typeof key !== 'string' || typeof secret !== 'string' || key === '' || secret === '')
    throw new KeyturnError('ORG_REFUSED', 'The org shows no key and secret of this consumer')
  return { key: new Secret(key), secret: new Secret(secret) }
}

/** Throws ORG_UNAVAILABLE for what is no such record: what is not known is never rotated in or deleted. */
const pairOf = (record: Row): StagedPair => {
  const [id, key, secret, state] = ['id', 'key', 'secret', 'state'].map((name) => text(record[name]))
  if (!id || !key || !state)
    throw new KeyturnError('ORG_UNAVAILABLE', 'The org’s record of a staged pair is incomplete')
  return { id, key, secret: secret ? new Secret(secret) : null, state }
}

export const stagedPairs = async (org: OrgConnection, place: Place): Promise<readonly StagedPair[]> =>
  rows(row(await org.rest('GET', `${under(place)}/staged`))['stagedCredentials']).map(pairOf)

/** An empty object is sent though the guide names no body: without one, tools saw the connection hang. */
export const stagePair = async (org: OrgConnection, place: Place): Promise<StagedPair> => {
  const made = rows(row(await org.rest('POST', `${under(place)}/staged`, {}))['stagedCredentials']).map(pairOf)
  const pair = made.find(({ state, secret }) => state === 'Active' && secret !== null)
  if (pair === undefined) throw new KeyturnError('ORG_REFUSED', 'The org staged a pair and shows no secret of it')
  return pair
}

const gone = (answer: RestAnswer): boolean => answer.status === 404

/** Null: it is not there (any more). */
export const stagedPair = async (org: OrgConnection, place: Place, id: string): Promise<StagedPair | null> => {
  const answer = await org.send('GET', `${under(place)}/staged/${id}`)
  if (gone(answer)) return null
  if (answer.status >= 400) throw orgRefused('The staged pair', answer)
  return pairOf(row(answer.body))
}

export const rotateIn = async (org: OrgConnection, place: Place, id: string): Promise<void> => {
  await org.rest('PATCH', `${under(place)}/staged/${id}`, { command: 'rotate' })
}

/** Gone already is as good. */
export const deleteStaged = async (org: OrgConnection, place: Place, id: string): Promise<void> => {
  const answer = await org.send('DELETE', `${under(place)}/staged/${id}`)
  if (answer.status >= 400 && !gone(answer)) throw orgRefused('Deleting the staged pair', answer)
}
