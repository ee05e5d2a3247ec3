/** Causes at Salesforce: what its records show, and what the time that passed suggests. Pure. */
import { auditCause } from './audit-causes.ts'
import type { DeathVerdict, Evidence } from './verdict.ts'
import { connectAgain, day, diedEarly, entryEvidence, frame, inOrder, missing, spanOf, stamp } from './wording.ts'
import type { Scene } from './wording.ts'

type Rule = (scene: Scene) => DeathVerdict | null

interface Told {
  readonly cause: string
  readonly text: string
  readonly certainty: DeathVerdict['certainty']
  readonly next: string
}

const known = (scene: Scene, told: Told, evidence: readonly (Evidence | null)[]): DeathVerdict => ({
  verdict: 'known-cause',
  ...told,
  text: `${told.text}${told.certainty === 'certain' ? '' : missing(scene)}`,
  evidence: inOrder([...frame(scene), ...evidence]),
})

/** “Limit Idle Refresh Token (TTL) to 30 Days”, on for partners’ apps and the default of new ones. */
const idleLimit = 30 * day
/** Five approvals of one user for one app stand; the sixth ends the oldest. */
const approvalLimit = 5
/** Setup and tokens are on different clocks. */
const tolerance = 120_000

const recorded: Rule = (scene) => {
  const { facts, story, logins } = scene
  const { org } = facts
  if (org === null) return null
  const found = auditCause(
    org.audit ?? [],
    { user: org.user, app: logins.app },
    story.lastGood - tolerance,
    story.diedAt + tolerance,
  )
  if (found !== null) {
    const { row, cause, text, next } = found
    const confirmed =
      (cause === 'user-deactivated' && org.user?.active === false) ||
      (cause === 'user-frozen' && org.user?.frozen === true)
    return known(
      scene,
      { cause, text: `${text} The Setup Audit Trail says so.`, certainty: confirmed ? 'certain' : 'likely', next },
      [
        {
          at: row.at,
          text: `Setup Audit Trail: ${row.display} (${row.action}, by ${row.by || 'Salesforce'}).`,
          entry: null,
        },
      ],
    )
  }
  if (org.user === null || (org.user.active && org.user.frozen !== true)) return null
  const state = org.user.active ? 'frozen' : 'deactivated'
  return known(
    scene,
    {
      cause: `user-${state}`,
      text: `The user ${org.user.username} is ${state}; that ends its tokens.`,
      certainty: 'likely',
      next: `Find out who did that and why, undo it, then authorise again with \`keyturn connect NAME\`.`,
    },
    [],
  )
}

/** Approvals after ours, by this store's ledger, by Login History, or by the tokens that stand: the highest counts. */
const approvalsSince = ({ facts, story, logins }: Scene): { count: number; from: string } => {
  const since = story.approved?.at ?? 0
  const byLedger = facts.family.filter(
    ({ kind, at }) => (kind === 'added' || kind === 'enrolled') && at >= since,
  ).length
  const byHistory = logins.approvals.filter(({ at }) => at > since && at <= story.diedAt + tolerance).length
  const standing = (facts.org?.approvals ?? []).filter(
    ({ app, createdAt }) =>
      (logins.app === null || app === logins.app) && createdAt > since && createdAt <= story.diedAt + tolerance,
  ).length
  const count = Math.max(byLedger, byHistory, standing)
  const from =
    count === byLedger ? 'this store’s ledger' : count === standing ? 'the org’s OAuth tokens' : 'Login History'
  return { count, from }
}

const elapsed: Rule = (scene) => {
  const { facts, story } = scene
  if (story.birth === null) return null
  const { count, from } = approvalsSince(scene)
  if (count >= approvalLimit) {
    return known(
      scene,
      {
        cause: 'approval-limit',
        text: `This user approved this app ${count} more times since this grant was authorised (${from}). Salesforce lets five approvals of one user for one app stand and ends the oldest with the next.`,
        certainty: 'likely',
        next: `Give every integration a user or an app of its own, or let them share one grant; ${connectAgain.charAt(0).toLowerCase()}${connectAgain.slice(1)}`,
      },
      facts.family
        .filter(({ kind }) => kind === 'added' || kind === 'enrolled')
        .map((entry) => entryEvidence(entry, `The grant ${entry.grant} was authorised for the same user and app`)),
    )
  }
  const idle = story.diedAt - story.lastGood
  if (idle < idleLimit) return null
  return known(
    scene,
    {
      cause: 'idle-limit',
      text: `The token was not used for ${spanOf(idle)}. Salesforce ends refresh tokens that were idle for 30 days where that limit is on, and sooner where the app’s policy says so.`,
      certainty: 'likely',
      next: `${connectAgain} To keep it alive: \`keyturn serve\`, or \`keyturn grants sweep\` at least every three weeks, with keepAlive on.`,
    },
    [],
  )
}

/** Login History shows our own exchanges and none of others: then nobody spent it, and it was ended at Salesforce. */
const revoked: Rule = (scene) => {
  const { logins, facts, story } = scene
  if (!logins.measured || logins.foreign.length > 0 || facts.org?.logins == null || !story.worked) return null
  return known(
    scene,
    {
      cause: 'ended-at-salesforce',
      text: `Login History shows every exchange of ours since ${stamp(story.lastGood)} and none of anybody else: the token was not spent, it was ended at Salesforce. An administrator or the user revoked it (Setup › Connected Apps OAuth Usage; the audit trail does not show that), or a refresh token policy of the app ran out.${diedEarly(scene) ? ' Its access token ended before its time, too, as it does with a revocation.' : ''}`,
      certainty: 'likely',
      next: `Ask the org’s administrators whether they revoked it, and look at the app’s refresh token policy; ${connectAgain.charAt(0).toLowerCase()}${connectAgain.slice(1)}`,
    },
    [],
  )
}

export const orgCause = { recorded, elapsed, revoked }
