/** Judged mails in the order a rotation wants them: the newest first, each token once. */
import type { RefusedMail, TokenMail } from './mailbox.ts'

interface SortedMails {
  readonly found: readonly TokenMail[]
  readonly refused: readonly RefusedMail[]
}

export const sortMails = (judged: readonly (TokenMail | RefusedMail)[]): SortedMails => {
  const newestFirst = [...judged].sort((a, b) => b.receivedAt - a.receivedAt)
  const byToken = new Map<string, TokenMail>()
  const refused: RefusedMail[] = []
  for (const one of newestFirst) {
    if ('why' in one) {
      refused.push(one)
      continue
    }
    const token = one.token.reveal()
    const newer = byToken.get(token)
    byToken.set(token, newer === undefined ? one : { ...newer, copies: [...newer.copies, one.id] })
  }
  return { found: [...byToken.values()], refused }
}
