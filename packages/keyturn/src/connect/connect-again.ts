/**
 * A grant that exists is authorised anew in the browser. What the earlier authorisation left at Salesforce is ended once
 * the new token was seen to work, as the broker does it (C4); until then it stays sealed.
 *
 * The announcement comes after the login, so that nobody is kept waiting while a person looks for a password.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { FormerEnded, GrantView, Keyturn } from '@keyturn/tokens'
import { webLogin } from './web-login.ts'
import type { WebLogin } from './web-login.ts'

interface AuthorisedAgain {
  readonly grant: GrantView
  readonly notes: readonly string[]
  /** The login worked and its token doesn't. */
  readonly failed?: KeyturnError
}

export const connectAgain = async (keyturn: Keyturn, name: string, login: WebLogin): Promise<AuthorisedAgain> => {
  await webLogin(login, async (code) => (await keyturn.grants.enrol(name)).complete(code, { keepFormer: true }))
  const former = await keyturn.grants.endFormer(name)
  const grant = await keyturn.grants.show(name)
  const notes = notesOf(former)
  if (former.before !== 'refused' && former.after !== 'refused') return { grant, notes }
  const failed = new KeyturnError('GRANT_DEAD', `Salesforce refuses the new token of ${name}`, {
    data: { grant: name },
  })
  return { grant, notes, failed }
}

const notesOf = ({ before, revoked, kept, after, why }: FormerEnded): readonly string[] => {
  const because = why === null ? '' : `: ${why}`
  if (before === 'refused') return [`The login worked, and Salesforce refuses its token all the same${because}.`]
  if (after === 'refused')
    return [
      `The login worked, but when what was left of the old authorisation was revoked, Salesforce ended the new one with it${because}. Nothing old is left now: logging in once more will last.`,
    ]
  if (before === 'unknown')
    return [`Whether the new token works is not known yet${because}. The old authorisation was left alone.`]
  return [
    ...(revoked > 0 ? ['What was left of the old authorisation was revoked; the new one works.'] : []),
    ...(kept > 0 ? [`What is left of the old authorisation at Salesforce was not revoked${because}.`] : []),
    ...(after === 'unknown' ? [`Whether the new token outlived that is not known yet${because}.`] : []),
  ]
}
