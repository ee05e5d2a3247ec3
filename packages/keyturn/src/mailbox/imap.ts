/**
 * Token mail in an IMAP mailbox (RFC 3501, 9051). The server searches, so that a mailbox full of other mail costs a few
 * commands; only small mails of the right time and subject are fetched, without being marked as read.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { FetchMessageObject, ImapFlow, SearchObject } from 'imapflow'
import { unnamed } from './authentication-results.ts'
import { seenServers } from './seen-servers.ts'
import type { ImapConnection } from './imap-connection.ts'
import { believesNobody } from './mail-rules.ts'
import type { Mailbox, MailboxCheck, MailHandle, MailQuery, RefusedMail, TokenMail } from './mailbox.ts'
import { tlsOf } from './mailbox-settings.ts'
import type { ImapSettings } from './mailbox-settings.ts'
import { sortMails } from './sort-mails.ts'
import { judgeMail, largestMail } from './token-mail.ts'
import type { MailRules, RawMail } from './token-mail.ts'

/** Search dates are days of the server's own time zone (RFC 3501 §6.4.4): a day more is asked for. */
const DAY_MS = 86_400_000
const PAGE = 25
/** Mails with the right sender and subject that are read at most, the newest first. */
const MOST = 200
/** Mails with only the right subject, read to be able to name them. */
const MOST_LOOKALIKES = 10

interface ImapMailboxParts {
  readonly name: string
  readonly settings: ImapSettings
  readonly rules: MailRules
  readonly clock: Clock
  readonly connection: ImapConnection
}

interface Place {
  readonly folder: string
  readonly uidValidity: string
  readonly uid: number
}

const idOf = ({ folder, uidValidity, uid }: Place): string => JSON.stringify([folder, uidValidity, uid])

const placeOf = (id: string): Place => {
  const [folder, uidValidity, uid] = JSON.parse(id) as [string, string, number]
  return { folder, uidValidity, uid }
}

const uidValidityOf = (client: ImapFlow): string =>
  client.mailbox === false ? '' : client.mailbox.uidValidity.toString()

export const imapMailbox = ({ name, settings, rules, clock, connection }: ImapMailboxParts): Mailbox => {
  const folders = settings.folders ?? ['INBOX']
  const [first = 'INBOX'] = folders
  const pollEvery = settings.pollEvery ?? 15_000
  let lookedAt = 0

  const either = (alternatives: readonly SearchObject[]): SearchObject => ({ or: [...alternatives] })
  const bySubject = either(rules.subject.map((subject) => ({ subject })))

  const search = async (client: ImapFlow, query: SearchObject): Promise<readonly number[]> => {
    const found = await client.search(query, { uid: true })
    if (!Array.isArray(found))
      throw new KeyturnError('MAILBOX_UNREACHABLE', `${name}: the mail server refused a search`)
    return [...found].sort((a, b) => b - a)
  }

  /** The server's clock is the machine's, give or take; Keyturn's may have been moved in a test. */
  const receivedAt = ({ internalDate }: FetchMessageObject): number =>
    (internalDate === undefined ? 0 : new Date(internalDate).getTime()) + clock.offset()

  const fetchMails = async (client: ImapFlow, folder: string, uids: readonly number[]): Promise<readonly RawMail[]> => {
    if (uids.length === 0) return []
    const uidValidity = uidValidityOf(client)
    const about = await client.fetchAll(uids.join(','), { uid: true, size: true, internalDate: true }, { uid: true })
    const small = about.filter(({ size }) => (size ?? 0) <= largestMail).map(({ uid }) => uid)
    const sources = new Map<number, Uint8Array>()
    if (small.length > 0) {
      const query = { uid: true, source: { start: 0, maxLength: largestMail } } as const
      for (const { uid, source } of await client.fetchAll(small.join(','), query, { uid: true }))
        if (source !== undefined) sources.set(uid, source)
    }
    return about.flatMap((one) => {
      const raw = sources.get(one.uid) ?? null
      // Gone between the two: somebody else settled it.
      if (raw === null && (one.size ?? 0) <= largestMail) return []
      return [{ id: idOf({ folder, uidValidity, uid: one.uid }), receivedAt: receivedAt(one), raw }]
    })
  }

  const lookInto = async (client: ImapFlow, folder: string, query: MailQuery) => {
    await connection.select(client, folder, true)
    const since = new Date(query.since - clock.offset() - rules.clockTolerance - DAY_MS)
    const base: SearchObject = { since, deleted: false, ...(settings.to === undefined ? {} : { to: settings.to }) }
    const named = await search(client, { ...base, ...either(rules.from.map((from) => ({ from, ...bySubject }))) })
    const judged: (TokenMail | RefusedMail)[] = []
    const judge = async (uids: readonly number[]): Promise<void> => {
      for (const mail of await fetchMails(client, folder, uids)) judged.push(await judgeMail(mail, rules, query))
    }
    for (let at = 0; at < Math.min(named.length, MOST); at += PAGE) {
      await judge(named.slice(at, at + PAGE))
      if (judged.some((one) => 'token' in one)) break
    }
    const known = new Set(named)
    const others = (await search(client, { ...base, ...bySubject })).filter((uid) => !known.has(uid))
    await judge(others.slice(0, MOST_LOOKALIKES))
    return judged
  }

  const settleIn = async (client: ImapFlow, folder: string, places: readonly Place[]): Promise<void> => {
    await connection.select(client, folder, false)
    const validity = uidValidityOf(client)
    const uids = places.filter(({ uidValidity }) => uidValidity === validity).map(({ uid }) => uid)
    const left = uids.length === 0 ? [] : await search(client, { uid: uids.join(','), deleted: false })
    if (left.length === 0) return
    const range = left.join(',')
    let done: unknown
    if (settings.fileInto !== undefined) {
      await client.mailboxCreate(settings.fileInto)
      done = await client.messageMove(range, settings.fileInto, { uid: true })
    } else if (client.capabilities.has('UIDPLUS') || client.capabilities.has('IMAP4REV2')) {
      done = await client.messageDelete(range, { uid: true })
      // A plain EXPUNGE would take along what other programs only marked (RFC 4315 §2.1): there, marked is enough.
    } else done = await client.messageFlagsAdd(range, ['\\Deleted'], { uid: true })
    if (done === false && (await search(client, { uid: range, deleted: false })).length > 0)
      throw new KeyturnError(
        'MAILBOX_NOT_READY',
        `${name}: the mail can't be ${settings.fileInto === undefined ? 'deleted' : `moved into ${settings.fileInto}`}`,
      )
  }

  const checkFolders = async (client: ImapFlow): Promise<MailboxCheck> => {
    const problems: MailboxCheck['problems'][number][] = []
    const facts: MailboxCheck['facts'][number][] = []
    const servers = new Map<string, number>()
    const how = tlsOf(settings) === 'none' ? 'without TLS' : 'with TLS'
    facts.push({ what: 'signed in', text: `${settings.user} at ${settings.host}, ${how}` })
    for (const folder of folders) {
      try {
        await connection.select(client, folder, false)
      } catch (error) {
        if (!client.usable) throw error
        const text = `there is no folder ${folder}, or ${settings.user} may not open it`
        problems.push({ code: 'MAILBOX_NOT_READY', text, next: 'Correct `folders`.' })
        continue
      }
      const box = client.mailbox
      if (box === false) continue
      facts.push({ what: 'folder', text: `${folder}, ${box.exists} mails` })
      const flags = box.permanentFlags
      if (box.readOnly === true || (flags !== undefined && !flags.has('\\Deleted') && !flags.has('\\*')))
        problems.push({
          code: 'MAILBOX_NOT_READY',
          text: `${settings.user} may read ${folder} and not delete from it`,
          next: 'Give the right to delete: a used token must not stay in a mailbox.',
        })
      for (const [server, count] of await seenServers(client, box.exists, largestMail))
        servers.set(server, (servers.get(server) ?? 0) + count)
    }
    facts.push({
      what: 'told of new mail',
      text: client.capabilities.has('IDLE') ? 'by the server (IDLE)' : `by looking every ${pollEvery / 1000} s`,
    })
    facts.push({
      what: 'used mail',
      text: settings.fileInto === undefined ? 'deleted' : `filed into ${settings.fileInto}`,
    })
    const seen = [...servers].sort((a, b) => b[1] - a[1]).map(([server, count]) => `${server} (${count})`)
    facts.push({ what: 'servers that checked the newest mails', text: seen.length === 0 ? 'none' : seen.join(', ') })
    const shown = rules.authservId === unnamed ? `${unnamed}, the top-most header` : rules.authservId
    facts.push({ what: 'believed server', text: shown ?? 'none' })
    if (believesNobody(rules)) {
      const [best] = [...servers].sort((a, b) => b[1] - a[1])
      problems.push({
        code: 'MAILBOX_NOT_READY',
        text: 'no authservId says whose Authentication-Results header is to be believed, so every mail would be refused',
        next:
          best === undefined
            ? 'The newest mails hold no such header: let your receiving server check DKIM and DMARC, or set `acceptUnauthenticated: true`.'
            : `If ${best[0]} is your receiving server, set \`authservId: ${best[0]}\`.`,
      })
    } else if (rules.authservId !== undefined && servers.size > 0 && !servers.has(rules.authservId.toLowerCase()))
      problems.push({
        code: 'MAILBOX_NOT_READY',
        text: `none of the newest mails holds an Authentication-Results header of ${rules.authservId}`,
        next: `Correct \`authservId\`; seen: ${seen.join(', ')}.`,
      })
    return { problems, facts }
  }

  const check = async (): Promise<MailboxCheck> => {
    try {
      return await connection.use(checkFolders)
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error
      return { problems: [{ code: error.code, text: error.message, next: error.fix }], facts: [] }
    }
  }

  return {
    name,
    check,
    preflight: async () => (await check()).problems,
    async look(query) {
      lookedAt = connection.happened()
      const judged: (TokenMail | RefusedMail)[] = []
      // The first folder last: it stays open, and what comes from now on is told of.
      for (const folder of [...folders].reverse())
        judged.push(...(await connection.use((client) => lookInto(client, folder, query))))
      return sortMails(judged)
    },
    async wait(ms, signal) {
      const done = new AbortController()
      const stop = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal])
      const stopListening = connection.onHappened(() => done.abort())
      try {
        const pause = connection.backOff()
        if (pause > 0) {
          // The server was away: a mail may have come meanwhile, and it is not to be hammered.
          await clock.sleep(Math.min(ms, pause), signal)
          return
        }
        const idle = await connection.use(async (client) => {
          await connection.select(client, first, true)
          if (!client.capabilities.has('IDLE')) return false
          void client.idle().catch(() => undefined)
          return true
        })
        if (connection.happened() === lookedAt)
          await clock.sleep(idle && folders.length === 1 ? ms : Math.min(ms, pollEvery), stop)
      } catch {
        await clock.sleep(Math.min(ms, Math.max(connection.backOff(), 1000)), signal)
      } finally {
        lookedAt = connection.happened()
        stopListening()
        done.abort()
      }
    },
    async settle({ id, copies }: MailHandle) {
      const places = [id, ...copies].map(placeOf)
      for (const folder of new Set(places.map((place) => place.folder))) {
        const here = places.filter((place) => place.folder === folder)
        await connection.use((client) => settleIn(client, folder, here))
      }
    },
    close: () => connection.close(),
  }
}
