/** Which mail is believed, with every default filled in. */
import { unnamed } from './authentication-results.ts'
import type { AcceptanceSettings } from './mailbox-settings.ts'
import type { MailRules } from './token-mail.ts'

/** What these hosts call themselves in the headers they write. */
const knownServers: Readonly<Record<string, string>> = {
  'imap.gmail.com': 'mx.google.com',
  'imap.googlemail.com': 'mx.google.com',
  'outlook.office365.com': unnamed,
}

export const mailRules = (settings: AcceptanceSettings, host: string | null): MailRules => {
  const authservId = settings.authservId ?? (host === null ? undefined : knownServers[host.toLowerCase()])
  return {
    from: settings.from ?? ['noreply@salesforce.com', 'support@salesforce.com'],
    // The second one is what older guides show.
    subject: settings.subject ?? ['Your new Salesforce security token', 'salesforce.com security token confirmation'],
    usernameLabel: settings.usernameLabel ?? ['Username'],
    tokenLabel: settings.tokenLabel ?? ['Security token (case-sensitive)'],
    require: settings.require ?? 'either',
    acceptUnauthenticated: settings.acceptUnauthenticated ?? false,
    clockTolerance: settings.clockTolerance ?? 120_000,
    ...(authservId === undefined ? {} : { authservId }),
  }
}

/** Would these rules refuse every mail? */
export const believesNobody = ({ authservId, require, acceptUnauthenticated }: MailRules): boolean =>
  authservId === undefined && require !== 'none' && !acceptUnauthenticated
