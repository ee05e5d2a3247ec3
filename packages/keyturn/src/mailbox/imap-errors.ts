/**
 * What went wrong with a mail server, in words. The client's own errors carry commands and the server's text; of them
 * only codes are taken, so that nothing secret and nothing a stranger wrote comes along.
 */
import { KeyturnError } from '@keyturn/tokens'

const word = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]{1,59}$/.test(value) ? value : null

const certificate = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_|ERR_TLS|ERR_SSL|HANDSHAKE/

/** RFC 5530 §3: these are about now, not about who signs in. */
const passing: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'CONTACTADMIN'])

export const imapError = (error: unknown, where: string): KeyturnError => {
  if (error instanceof KeyturnError) return error
  const { code, serverResponseCode, responseStatus, authenticationFailed, tlsFailed, message } = error as Readonly<
    Record<string, unknown>
  >
  const said = word(serverResponseCode)
  if (authenticationFailed === true && !passing.has(said ?? ''))
    return new KeyturnError('MAILBOX_REFUSED', `${where} refused the sign-in${said === null ? '' : ` (${said})`}`)
  const known = word(code) ?? said
  if (responseStatus === 'NO' && authenticationFailed !== true && !passing.has(said ?? ''))
    return new KeyturnError('MAILBOX_NOT_READY', `${where} refused a command${said === null ? '' : ` (${said})`}`, {
      fix: 'Correct `folders` and `fileInto`, and give this user the right to delete; `keyturn mailbox check NAME` shows what is there.',
    })
  if (tlsFailed === true || certificate.test(known ?? ''))
    return new KeyturnError('MAILBOX_UNREACHABLE', `${where}: TLS failed (${known ?? 'no reason given'})`, {
      fix: 'Check host, port and `tls`, and name the CA of this server as `caFile`.',
    })
  if (typeof message === 'string' && /STARTTLS/.test(message))
    return new KeyturnError('MAILBOX_NOT_READY', `${where} does not offer STARTTLS`, {
      fix: 'Use `tls: implicit` (port 993), or another server.',
    })
  return new KeyturnError('MAILBOX_UNREACHABLE', `${where} can't be used now (${known ?? 'no reason given'})`)
}
