/** Nobody here spent the token, so somebody else did: seen in Salesforce's records, or what is left. An alarm. Pure. */
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

/** An exchange in Login History that nobody here made. */
const seen: Rule = (scene) => {
  const { foreign, ownAddresses, app } = scene.logins
  const [first] = foreign
  if (first === undefined) return null
  const home = ownAddresses.has(first.sourceIp)
  const addresses = [...new Set(foreign.map(({ sourceIp }) => sourceIp))].join(', ')
  return alarm(
    scene,
    home ? 'foreign-exchange-from-our-address' : 'foreign-exchange',
    // A store that was put back does not know what the one it replaced had done.
    app !== null && scene.story.restored.length === 0 ? 'certain' : 'likely',
    home
      ? `Somebody else spent the token at ${stamp(first.at)}: Login History shows an exchange that this store did not make, from an address (${addresses}) from which Keyturn itself reaches Salesforce. Most likely another program, another Keyturn store or a copy of this one on your own network holds the same token.`
      : `Somebody else spent the token at ${stamp(first.at)}: Login History shows an exchange that this store did not make, from ${addresses}, an address no exchange of ours came from.`,
    foreign.slice(0, 10).map(rowEvidence),
  )
}

/** Somebody showed a token that is used up: Salesforce answers that by ending the whole family. */
const tried: Rule = (scene) => {
  const { foreignRefused, ownAddresses } = scene.logins
  const [first] = foreignRefused
  if (first === undefined) return null
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

export const somebodyElse = { seen, tried, byExclusion }
