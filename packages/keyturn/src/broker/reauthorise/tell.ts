/** What people are told about a grant that waits for them. The link goes to the channels and nowhere else. */
import { Secret } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { DeathVerdict } from '../../forensics/verdict.ts'
import type { Notification } from '../../notify/notify.ts'
import { byHand, linkAddress } from './public-address.ts'
import type { PublicAddress } from './public-address.ts'
import type { ReauthorisationDoc } from './reauthorisation-record.ts'

const time = (epochMs: number): string => new Date(epochMs).toISOString()

const factsOf = (grant: GrantView): Notification['facts'] => [
  { name: 'Grant', value: grant.name },
  { name: 'Sign in as', value: grant.username ?? grant.identity?.userId ?? 'unknown' },
  { name: 'Org', value: grant.identity?.orgId ?? 'unknown' },
  { name: 'Login host', value: new URL(grant.loginUrl).host },
  { name: 'App (consumer key)', value: grant.clientId },
  ...(grant.why === null ? [] : [{ name: 'Died', value: time(grant.why.at) }]),
]

const verdictText = ({ text, certainty, evidence, next }: DeathVerdict): string =>
  [
    `${text} (${certainty})`,
    ...evidence.slice(0, 8).map((one) => `- ${time(one.at)} ${one.text}`),
    ...(next === '' ? [] : [next]),
  ].join('\n')

interface Occasion {
  readonly grant: GrantView
  /** Null: no record could be made, since nobody knows who would have to log in. */
  readonly doc: ReauthorisationDoc | null
  readonly link: Secret | null
  readonly address: PublicAddress
  readonly verdict: DeathVerdict | null
}

export const reauthorisationNotice = ({ grant, doc, link, address, verdict }: Occasion): Notification => {
  const user = grant.username ?? grant.identity?.userId ?? 'its user'
  const dead = doc?.reason !== 'asked'
  const way =
    'missing' in address || link === null || doc === null
      ? `${'missing' in address ? `${address.missing}.` : 'No link could be made.'} ${byHand(grant.name)}`
      : `Open the link and sign in at Salesforce as ${user}. It works until ${time(doc.expiresAt)}, once, for this org and user only; opening it changes nothing before the button is pressed.`
  const lead = dead
    ? `Salesforce does not accept the refresh token of ${grant.name} any more${grant.why === null ? '' : `: ${grant.why.text}`}. Its programs wait.`
    : `${doc.by} asked that ${grant.name} is authorised anew. Its programs go on meanwhile.`
  return {
    kind: 'reauthorization-required',
    severity: 'warning',
    subject: dead ? `${grant.name}: sign in to Salesforce again as ${user}` : `${grant.name}: please authorise anew`,
    text: [
      lead,
      ...(doc?.outcome == null ? [] : [doc.outcome]),
      ...(verdict === null ? [] : [verdictText(verdict)]),
      way,
    ].join('\n\n'),
    facts: [...factsOf(grant), ...(doc === null ? [] : [{ name: 'Asked by', value: doc.by }])],
    ...('missing' in address || link === null
      ? {}
      : { link: { text: 'Sign in again', url: new Secret(linkAddress(address.url, link.reveal())) } }),
    ...(doc?.owner == null ? {} : { to: doc.owner }),
    // Each link is told once for each reason, by whichever replica comes first.
    key: `reauthorise/${grant.id}/${doc === null ? (grant.lineage ?? '') : `${doc.link.slice(0, 16)}/${doc.reason}`}`,
  }
}

const howSure = { certain: 'was', likely: 'was probably', possible: 'may have been' } as const

export const theftNotice = (grant: GrantView, verdict: DeathVerdict, owner: string | null): Notification => ({
  kind: 'token-used-by-somebody-else',
  severity: 'alarm',
  subject: `${grant.name}: its refresh token ${howSure[verdict.certainty]} used by somebody else`,
  text: [
    verdictText(verdict),
    'The token is dead and buys nothing any more. Find out where it could be read before a new one lies there.',
  ].join('\n\n'),
  facts: [...factsOf(grant), { name: 'How sure', value: verdict.certainty }],
  ...(owner === null ? {} : { to: owner }),
  key: `token-used-by-somebody-else/${grant.id}/${grant.lineage ?? ''}`,
})
