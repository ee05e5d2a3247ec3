/** `keyturn serve --check`: what would go wrong, before it does. Facts with what they mean; changes nothing. */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock, Keyturn } from '@keyturn/tokens'
import type { BrokerSettings, ListenerSettings, ListenerTls } from './broker-settings.ts'
import { scatteredGrants, scatteredText } from './callers/real-token-networks.ts'
import type { ManageCallers } from './callers/manage-callers.ts'
import { callbackAddress, publicAddress } from './reauthorise/public-address.ts'

export interface BrokerFact {
  readonly what: string
  readonly status: 'ok' | 'warning' | 'bad'
  readonly text: string
}

const DAY = 86_400_000
const SOON = 30 * DAY

const placeOf = ({ socket, host, port, tls }: ListenerSettings): string =>
  socket ?? `${tls === null ? 'http' : 'https'}://${host}:${port}`

const loopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

const tlsFacts = (
  { cert, key }: ListenerTls,
  place: string,
  hosts: readonly string[],
  now: number,
): readonly BrokerFact[] => {
  const what = `certificate of ${place}`
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(cert)
    if (!certificate.checkPrivateKey(createPrivateKey(key.reveal())))
      return [{ what, status: 'bad', text: 'the private key belongs to another certificate' }]
  } catch {
    return [{ what, status: 'bad', text: 'certificate or key can’t be read as PEM' }]
  }
  const left = Date.parse(certificate.validTo) - now
  const days = Math.floor(left / DAY)
  const uncovered = hosts.filter((host) => certificate.checkHost(host) === undefined)
  return [
    left <= 0
      ? { what, status: 'bad', text: 'it has expired' }
      : { what, status: left < SOON ? 'warning' : 'ok', text: `good for ${days} days` },
    ...uncovered.map((host): BrokerFact => ({ what, status: 'bad', text: `it does not cover ${host}` })),
  ]
}

const listenerFacts = (listener: ListenerSettings, settings: BrokerSettings, now: number): readonly BrokerFact[] => {
  const place = placeOf(listener)
  const { socket, host, tls, mode, org } = listener
  if (socket !== null) {
    if (!existsSync(dirname(socket))) return [{ what: place, status: 'bad', text: 'its folder does not exist' }]
    return (mode & 0o007) === 0
      ? [{ what: place, status: 'ok', text: 'guarded by owner and mode' }]
      : [{ what: place, status: 'warning', text: 'everybody on this machine may open it' }]
  }
  const open = tls === null && !loopback(host)
  const plain: BrokerFact = open
    ? { what: place, status: 'warning', text: 'tokens cross the network in clear unless something in front does TLS' }
    : { what: place, status: 'ok', text: tls === null ? 'for this machine only' : 'encrypted' }
  const hosts = settings.orgs.filter(({ name }) => org === null || name === org).flatMap((each) => each.hosts)
  return tls === null ? [plain] : [plain, ...tlsFacts(tls, place, hosts, now)]
}

/** Whether a person can be asked to sign in again by a link. */
const signInFact = ({ publicUrl, hosts }: BrokerSettings): BrokerFact => {
  const what = 'sign-in by link'
  const address = publicAddress(publicUrl)
  if ('missing' in address) return { what, status: 'warning', text: `none for dead grants: ${address.missing}` }
  if (hosts !== null && !hosts.has(new URL(address.url).hostname))
    return { what, status: 'bad', text: `the host of ${address.url} is none of broker.hosts` }
  return { what, status: 'ok', text: `each app needs the callback URL ${callbackAddress(address.url)}` }
}

/** A grant that dies at night needs somebody who hears of it. */
const channelFact = (channels: readonly string[]): BrokerFact =>
  channels.length === 0
    ? { what: 'notify', status: 'warning', text: 'no channel: nobody is told of a dead grant or of a stolen token' }
    : { what: 'notify', status: 'ok', text: `${channels.join(', ')}; whether they work: \`keyturn notify test\`` }

export const checkBroker = async (
  settings: BrokerSettings,
  keyturn: Keyturn,
  manage: ManageCallers,
  clock: Clock,
  channels: readonly string[] = [],
): Promise<readonly BrokerFact[]> => {
  const now = clock.wall()
  const altered = new Map<unknown, string>()
  const grants = await keyturn.grants.list({ altered: ({ message, data }) => altered.set(data.name, message) })
  const byName = new Map(grants.map((grant) => [grant.name, grant]))
  const callers = await manage.list()
  const orgFacts = settings.orgs.map(({ name, grant }): BrokerFact => {
    const found = byName.get(grant)
    const what = `org ${name}`
    if (found === undefined)
      return { what, status: 'bad', text: altered.get(grant) ?? `there is no grant named ${grant}` }
    return found.status === 'live'
      ? { what, status: 'ok', text: `grant ${grant} is live` }
      : { what, status: 'warning', text: `grant ${grant} is ${found.status}` }
  })
  const sockets = new Set(settings.listen.flatMap(({ name }) => (name === null ? [] : [name])))
  const callerFacts = callers.flatMap(({ doc }): readonly BrokerFact[] => {
    const what = `caller ${doc.name}`
    const missing = doc.grants.filter((grant) => !byName.has(grant))
    const left = doc.expiresAt === null ? Number.POSITIVE_INFINITY : doc.expiresAt - now
    return [
      ...missing.map((grant): BrokerFact => ({ what, status: 'bad', text: `there is no grant named ${grant}` })),
      ...doc.sockets
        .filter((socket) => !sockets.has(socket))
        .map((socket): BrokerFact => ({ what, status: 'bad', text: `no listener is the socket ${socket}` })),
      ...(left <= 0
        ? [{ what, status: 'warning', text: 'it has expired' } as const]
        : left < SOON
          ? [{ what, status: 'warning', text: `it expires in ${Math.floor(left / DAY)} days` } as const]
          : []),
      ...(doc.realTokens && doc.grants.some((grant) => settings.orgs.some((org) => org.ipLocked && org.grant === grant))
        ? [{ what, status: 'bad', text: 'it is to get real tokens of an org that locks them to an address' } as const]
        : []),
    ]
  })
  return [
    ...settings.listen.flatMap((listener) => listenerFacts(listener, settings, now)),
    ...orgFacts,
    signInFact(settings),
    channelFact(channels),
    callers.length === 0
      ? { what: 'callers', status: 'warning', text: 'there are none: `keyturn caller add`' }
      : { what: 'callers', status: 'ok', text: `${callers.length} known` },
    ...callerFacts,
    ...scatteredGrants(callers).map((one): BrokerFact => ({
      what: `grant ${one.grant}`,
      status: 'warning',
      text: scatteredText(one),
    })),
  ]
}
