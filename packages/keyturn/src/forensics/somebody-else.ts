/** Nobody here spent the token, so somebody else did: seen in Salesforce's records, or what is left. An alarm. Pure. */
import type { LoginRow } from './org-records.ts'
import type { DeathVerdict, Evidence } from './verdict.ts'
import { diedEarly, entryEvidence, frame, inOrder, missing, rowEvidence, stamp } from './wording.ts'
import type { Scene } from './wording.ts'

type Rule = (scene: Scene) => DeathVerdict | null

const steps =
  'Treat it as a leak until you know better: 1. revoke what is left (Setup › Connected Apps OAuth Usage, this user and app); 2. look for copies of the token (CI variables, .env files, other tools, backups, a second Keyturn store); 3. look at what that user did since (Login History, Setup Audit Trail); 4. rotate the app’s consumer secret if it may have been beside the token; 5. authorise again with `keyturn connect NAME`.'

const alarm = (
  scene: Scene,
  cause: string,
  certainty: DeathVerdict['certainty'],
  text: string,
  evidence: readonly (Evidence | null)[],
): DeathVerdict => ({
  verdict: 'somebody-else',
  cause,
  certainty,
  text: `${text}${certainty === 'certain' ? '' : missing(scene)}`,
  evidence: inOrder([...frame(scene), ...evidence]),
  next: steps,
})

/** An exchange in Login History that nobody here made, and that no other program of this user and app explains. */
const seen: Rule = (scene) => {
  const { foreign, ownAddresses, app, others } = scene.logins
  const [first] = foreign
  if (first === undefined || app === null || (others !== null && others.length > 0)) return null
  const home = ownAddresses.has(first.sourceIp)
  // Then it was the sf CLI beside us, that shares the token.
  if (home && scene.facts.companion !== null) return null
  return alarm(
    scene,
    home ? 'foreign-exchange-from-our-address' : 'foreign-exchange',
    // A store that was put back does not know what the one it replaced had done.
    others !== null && scene.story.restored.length === 0 ? 'certain' : 'likely',
    home
      ? `Somebody else spent the token at ${stamp(first.at)}: Login History shows an exchange that this store did not make, from an address (${addressesOf(foreign)}) from which Keyturn itself reaches Salesforce. Most likely another program, another Keyturn store or a copy of this one on your own network holds the same token.`
      : `Somebody else spent the token at ${stamp(first.at)}: Login History shows an exchange that this store did not make, from ${addressesOf(foreign)}, an address no exchange of ours came from.`,
    foreign.slice(0, 10).map(rowEvidence),
  )
}

/** An exchange that nobody here made; it may as well have been that of a token that another program rightly has. */
const perhaps: Rule = (scene) => {
  const { foreign, app } = scene.logins
  const [first] = foreign
  if (first === undefined) return null
  return alarm(
    scene,
    'foreign-exchange',
    'possible',
    `Somebody else may have spent the token: Login History shows an exchange of this user at ${stamp(first.at)}, from ${addressesOf(foreign)}, that this store did not make. ${
      app === null
        ? `It stands there under “${first.application}”, and since no exchange of ours stands there at all, whether that is this app is not known.`
        : 'It may as well have been another program with a token of its own: more approvals of this user and app stand than are kept here.'
    }`,
    foreign.slice(0, 10).map(rowEvidence),
  )
}

const addressesOf = (rows: readonly LoginRow[]): string =>
  [...new Set(rows.map(({ sourceIp }) => sourceIp))].slice(0, 10).join(', ')

/** Somebody showed a token that is used up: Salesforce answers that by ending the whole family. */
const tried: Rule = (scene) => {
  const { foreignRefused, ownAddresses, app } = scene.logins
  const [first] = foreignRefused
  // Of an app whose name is not known any app’s refusals are here.
  if (first === undefined || app === null) return null
  const home = ownAddresses.has(first.sourceIp)
    ? 'an address Keyturn itself uses'
    : 'an address none of our exchanges came from'
  return alarm(
    scene,
    'old-token-replayed',
    'likely',
    `Somebody else sent a token of this user and app at ${stamp(first.at)}, from ${first.sourceIp} (${home}), and was refused. Where a token that is used up is shown again, Salesforce ends the present one with it.`,
    foreignRefused.slice(0, 10).map(rowEvidence),
  )
}

const byExclusion: Rule = (scene) => {
  const { story, facts } = scene
  if (story.birth === null) return null
  const copies = facts.copies.map((entry) => entryEvidence(entry))
  const backups =
    copies.length === 0
      ? ''
      : ` A backup was taken meanwhile: a copy of this store that was started elsewhere would look the same.`
  if (!story.worked) {
    return {
      ...alarm(
        scene,
        'never-worked-here',
        'possible',
        `The token was handed to Keyturn at ${stamp(story.birth.at)} and was refused the first time it was sent from here. Either the program it came from went on using it, or it was dead already.`,
        [],
      ),
      verdict: 'undetermined',
      next: 'Stop the program the token came from, then authorise again with `keyturn connect NAME`.',
    }
  }
  const early = diedEarly(scene)
  return alarm(
    scene,
    'nobody-here-spent-it',
    early || !facts.whole ? 'possible' : 'likely',
    `Nobody here spent this token after ${stamp(story.lastGood)}, when it was good: the ledger holds no attempt between then and the refusal at ${stamp(story.diedAt)}. No cause of ours and no known cause explains it, so somebody else most likely spent it.${
      early
        ? ' What speaks against it: its access token ended within minutes, as after a revocation by an administrator.'
        : ' A revocation would have ended its access token at once, and that lived on.'
    }${backups}`,
    [story.accessDeath === null ? null : entryEvidence(story.accessDeath), ...copies],
  )
}

export const somebodyElse = { seen, tried, perhaps, byExclusion }
