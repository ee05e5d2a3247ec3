/** Refusals whose text names the cause: nothing has to be inferred. Texts as in docs of the token endpoint. Pure. */

interface NamedCause {
  readonly cause: string
  readonly text: string
  readonly next: string
}

interface NamedRow extends NamedCause {
  readonly words: RegExp
}

const retry = 'then `keyturn grants retry NAME`. The refresh token was kept.'

const rows: readonly NamedRow[] = [
  {
    words: /inactive.user|user is inactive|inactive_user/i,
    cause: 'user-inactive',
    text: 'Salesforce says that the user is deactivated or frozen.',
    next: `Find out who did that and why (Setup › View Setup Audit Trail); activate or unfreeze the user, ${retry}`,
  },
  {
    words: /ip.restricted|restricted.ip|login hours/i,
    cause: 'address-not-allowed',
    text: 'Salesforce does not allow this machine’s address (profile, app, or the refresh token allowlist), or not at this hour.',
    next: `Allow the address from which this machine reaches the internet, ${retry}`,
  },
  {
    words: /not admin approved|invalid_app_access|hasn.t approved/i,
    cause: 'not-approved',
    text: 'The app is limited to users whom an administrator approved, and this user is not among them.',
    next: `Assign the app’s permission set or profile to the user, ${retry}`,
  },
  {
    words: /must be installed|app.blocked|app_blocked|external client app is not|consumer deleted/i,
    cause: 'app-not-installed',
    text: 'The app is not installed in the org any more, or an administrator blocked it.',
    next: `Install or unblock the app (Setup › Connected Apps OAuth Usage), ${retry}`,
  },
  {
    words: /invalid_client_id|client identifier invalid|wrong_version/i,
    cause: 'app-unknown',
    text: 'Salesforce does not know the consumer key: the app was deleted, or its key was rotated.',
    next: 'Give the grant the new consumer key: `keyturn connect NAME --client-id …`.',
  },
  {
    words: /invalid_client|invalid client credentials/i,
    cause: 'client-secret-changed',
    text: 'Salesforce refuses the app’s consumer secret: it was rotated, or it is the wrong one.',
    next: `Put the present secret where its reference points, ${retry}`,
  },
  {
    words: /inactive_org|organization is inactive|org.?(locked|closed|suspended)/i,
    cause: 'org-inactive',
    text: 'The org itself is inactive, locked or closed.',
    next: `Ask Salesforce about the org, ${retry}`,
  },
]

export const namedCause = (code: string, text: string): NamedCause | null => {
  const said = `${code} ${text}`
  const found = rows.find(({ words }) => words.test(said))
  return found === undefined ? null : { cause: found.cause, text: found.text, next: found.next }
}
