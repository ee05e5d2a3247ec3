/**
 * Changes of the setup that end a refresh token. Actions are compared without case, as the trail itself is not consistent;
 * those of which no published example exists are recognised by their words, and make a verdict no better than likely.
 * A changed or reset password is not among them: by Salesforce's own control page it leaves refresh tokens alive. Pure.
 */
import type { AuditRow, OrgUser } from './org-records.ts'

interface AuditCause {
  readonly cause: string
  readonly text: string
  readonly next: string
  readonly row: AuditRow
}

interface AuditKind {
  readonly cause: string
  readonly action: RegExp
  /** What else the row has to say; for actions that many changes share. */
  readonly display?: RegExp
  /** It has to be about this user. */
  readonly user: boolean
  readonly text: string
  readonly next: string
}

const again = 'then authorise again with `keyturn connect NAME`.'

const kinds: readonly AuditKind[] = [
  {
    cause: 'user-deactivated',
    action: /^deactivateduser$/i,
    user: true,
    text: 'An administrator deactivated the user.',
    next: `Activate the user, or choose another one, ${again}`,
  },
  {
    cause: 'user-frozen',
    action: /^frozeuser$/i,
    user: true,
    text: 'The user was frozen. Salesforce does that itself when a token is used from an address it calls risky, and revokes all tokens of that user then.',
    next: `Find out why (Setup › View Setup Audit Trail; from where was the token used?), unfreeze the user, ${again}`,
  },
  {
    cause: 'app-uninstalled',
    action: /^(deleteConnectedApplication|deleteApplication|blockConnectedApplication|uninstalledpackagingapp)$/i,
    user: false,
    text: 'An administrator uninstalled, deleted or blocked an app.',
    next: `If it is this app: have it installed again, ${again}`,
  },
  {
    cause: 'consumer-rotated',
    action: /^(applyOauthStagedCredential|changeApplicationConsumerSecret|rotateOauthConsumer\w*)$/i,
    user: false,
    text: 'The consumer key or secret of an app was changed; for a connected app that ends every token of the app.',
    next: `Give the grant the new consumer key and secret, ${again}`,
  },
  {
    cause: 'policy-changed',
    action: /refresh.?token(?!.*pkce)/i,
    user: false,
    text: 'The refresh token policy of an app was changed.',
    next: `Look at the app’s refresh token policy (Setup › the app › OAuth Policies), ${again}`,
  },
  {
    cause: 'revoked',
    action: /revoke|deleteOauthToken|oauthtokendelete/i,
    display: /token|oauth|access|session|app/i,
    user: false,
    text: 'Somebody revoked access in the setup.',
    next: `Ask who did it and why, ${again}`,
  },
]

const isAbout = ({ display }: AuditRow, user: OrgUser | null): boolean =>
  user !== null && [user.username, user.name].some((name) => name !== '' && display.includes(name))

/** The change that is nearest before the end and that can end a token of this user; null: none is seen. */
export const auditCause = (
  audit: readonly AuditRow[],
  { user, app }: { readonly user: OrgUser | null; readonly app: string | null },
  from: number,
  until: number,
): AuditCause | null => {
  const inTime = audit.filter(({ at }) => at >= from && at <= until).toSorted((a, b) => b.at - a.at)
  for (const row of inTime) {
    for (const { cause, action, display, user: personal, text, next } of kinds) {
      if (!action.test(row.action) || (personal && !isAbout(row, user))) continue
      if (!personal && app !== null && cause !== 'revoked' && !row.display.includes(app)) continue
      if (display === undefined || display.test(row.display)) return { cause, text, next, row }
    }
  }
  return null
}
