/** Which servers wrote Authentication-Results into the newest mails: what `authservId` can be set to. */
import type { ImapFlow } from 'imapflow'
import { parseAuthenticationResults, unnamed } from './authentication-results.ts'

const NEWEST = 20

const topMost = (headers: string): string | undefined =>
  /^authentication-results:((?:[^\n]|\n[ \t])*)/im.exec(headers.replaceAll('\r', ''))?.[1]?.replace(/\n[ \t]/g, ' ')

/** Server and number of mails whose top-most header is its own. Large mails are left out. */
export const seenServers = async (
  client: ImapFlow,
  exists: number,
  largest: number,
): Promise<ReadonlyMap<string, number>> => {
  const servers = new Map<string, number>()
  if (exists === 0) return servers
  const newest = `${Math.max(1, exists - NEWEST + 1)}:*`
  const small = (await client.fetchAll(newest, { uid: true, size: true })).filter(({ size }) => (size ?? 0) <= largest)
  if (small.length === 0) return servers
  const uids = small.map(({ uid }) => uid).join(',')
  const query = { uid: true, headers: ['authentication-results'] }
  for (const { headers } of await client.fetchAll(uids, query, { uid: true })) {
    const value = topMost(headers?.toString('latin1') ?? '')
    const parsed = value === undefined ? null : parseAuthenticationResults(value)
    const server = parsed === null ? null : (parsed.authservId ?? unnamed)
    if (server !== null && /^[\w.:-]{1,255}$/.test(server)) servers.set(server, (servers.get(server) ?? 0) + 1)
  }
  return servers
}
