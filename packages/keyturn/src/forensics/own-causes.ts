/** Causes of our own: what was sent from here and not heard of, copies of this store, and programs we shared with. Pure. */
import type { Entry } from './death-facts.ts'
import type { DeathVerdict, Evidence } from './verdict.ts'
import { connectAgain, diedEarly, entryEvidence, frame, inOrder, missing, rowEvidence, stamp } from './wording.ts'
import type { Scene } from './wording.ts'

type Rule = (scene: Scene) => DeathVerdict | null

interface Told {
  readonly cause: string
  readonly text: string
  readonly certainty: DeathVerdict['certainty']
  readonly next?: string
}

const own = (scene: Scene, told: Told, evidence: readonly (Evidence | null)[]): DeathVerdict => ({
  verdict: 'own-attempt',
  cause: told.cause,
  text: `${told.text}${told.certainty === 'certain' ? '' : missing(scene)}`,
  certainty: told.certainty,
  evidence: inOrder([...frame(scene), ...evidence]),
  next: told.next ?? `${connectAgain} A spare way in (--fallback) makes a lost answer harmless.`,
})

/** Why an attempt's outcome stayed unknown, as a cause and in words. */
const doubtCauses: Readonly<Record<string, readonly [cause: string, text: string]>> = {
  'no-answer': ['lost-answer', 'the connection ended before the answer came'],
  'server-error': ['lost-answer', 'the token endpoint answered with a server error'],
  'unreadable-answer': ['lost-answer', 'the answer was unreadable'],
  'holder-died': ['crash', 'the process that had sent it died before it kept the answer'],
  'deadline-passed': ['second-writer', 'the process that had claimed it was not heard of any more'],
}

const attemptOf = ({ facts }: Scene, doubt: Entry): Entry | null =>
  facts.story.find(({ kind, data }) => kind.endsWith('claimed') && data['attempt'] === doubt.data['attempt']) ?? null

const doubtVerdict = (
  scene: Scene,
  doubt: Entry,
  certainty: DeathVerdict['certainty'],
  row?: Evidence,
): DeathVerdict => {
  const { replays } = scene.story
  const [cause, how] = doubtCauses[String(doubt.data['cause'])] ?? ['lost-answer', String(doubt.data['cause'])]
  const sent = attemptOf(scene, doubt)
  const sure =
    certainty === 'possible'
      ? 'Login History holds no row for it, although it holds others of ours, so Salesforce may never have seen it; if it did, its answer was lost'
      : row === undefined
        ? 'Salesforce most likely answered that request with a new token, which never arrived here'
        : 'Salesforce answered that request with a new token: Login History shows it. It never arrived here'
  const again = replays.length === 0 ? '' : ` Sent once more as the last resort, the old one was refused.`
  return own(
    scene,
    {
      cause,
      text: `${certainty === 'possible' ? 'Our own attempt may explain it' : 'Our own attempt explains it'}: the token was sent at ${stamp(sent?.at ?? doubt.at)} and ${how}. ${sure}.${again} ${certainty === 'possible' ? 'It may explain this death, and nothing better does.' : 'Nobody else is needed to explain this death.'}`,
      certainty,
    },
    [
      sent === null ? null : entryEvidence(sent),
      entryEvidence(doubt),
      ...replays.map((one) => entryEvidence(one)),
      row ?? null,
    ],
  )
}

const restoredCopy: Rule = (scene) => {
  const [restored] = scene.story.restored
  const { foreign } = scene.logins
  if (restored === undefined) return null
  return own(
    scene,
    {
      cause: 'restored-copy',
      text: `This store was put back from an older copy: at ${stamp(restored.at)} it did not hold what this host knew it had held. The copy’s token had been used up by the store that was replaced, so Salesforce refused it.`,
      certainty: foreign.length > 0 ? 'certain' : 'likely',
      next: `${connectAgain} After a restore, start Keyturn once on every host that used the store before anything else: their journals may hold the newer token.`,
    },
    [entryEvidence(restored), ...foreign.slice(0, 10).map(rowEvidence)],
  )
}

/**
 * What Salesforce's own records show to be ours: an attempt whose answer was lost; or, in a store that was put back, the
 * exchanges of the store it replaced, which this ledger does not know of.
 */
const seen: Rule = (scene) => {
  const { restored } = scene.story
  const { foreign, ownAddresses } = scene.logins
  const until = restored[0]?.at ?? 0
  const ours = foreign.every(({ at, sourceIp }) => at <= until && ownAddresses.has(sourceIp))
  if (restored.length > 0 && ours) return restoredCopy(scene)
  const hit = scene.logins.answered.find(({ entry }) => scene.story.doubts.includes(entry))
  return hit === undefined ? null : doubtVerdict(scene, hit.entry, 'certain', rowEvidence(hit.row))
}

const heldElsewhere: Rule = (scene) => {
  const { why } = scene.facts
  if (why === null || !why.text.startsWith('its successor is the refresh token that the grant ')) return null
  return own(
    scene,
    {
      cause: 'held-twice',
      text: `Two grants of this store held tokens of one family: ${why.text}.`,
      certainty: 'certain',
      next: 'Use the grant that is named, and remove this one with `keyturn grants remove NAME`.',
    },
    [],
  )
}

/** After a new authorisation what was left of the old one was revoked here, and nobody knows of an org what goes with it. */
const revokedFormer: Rule = (scene) => {
  const { lastGood, birth } = scene.story
  const entry = scene.facts.story.findLast(
    ({ kind, at, seq, data }) =>
      kind === 'orphan-revoked' &&
      String(data['attempt']).startsWith('former:') &&
      at >= lastGood &&
      seq > (birth?.seq ?? 0),
  )
  if (entry === undefined) return null
  return own(
    scene,
    {
      cause: 'own-revocation',
      text: `Keyturn revoked what was left of the former authorisation at ${stamp(entry.at)}, and Salesforce most likely ended the new one of the same user and app with it.`,
      certainty: 'likely',
      next: 'Authorise again with `keyturn connect NAME`: nothing old is left that could take the next one along.',
    },
    [entryEvidence(entry, 'Keyturn revoked the former refresh token')],
  )
}

const strayAnswer: Rule = (scene) => {
  const { story } = scene.facts
  const sent = new Set(story.filter(({ kind }) => kind.endsWith('claimed')).map(({ data }) => data['attempt']))
  // What an earlier authorisation left is kept in the same place, under no attempt of ours.
  const stray = story.findLast(({ kind, data }) => kind === 'orphan-kept' && sent.has(data['attempt'] ?? ''))
  if (stray === undefined) return null
  return own(
    scene,
    {
      cause: 'second-writer',
      text: `Two writers of this store sent one token: an answer came at ${stamp(stray.at)} to an attempt that this store had given up. It is kept sealed.`,
      certainty: 'likely',
    },
    [entryEvidence(stray)],
  )
}

/** An attempt whose outcome is unknown, unless Login History would have shown it and does not. */
const likely: Rule = (scene) => {
  const held = heldElsewhere(scene) ?? restoredCopy(scene) ?? revokedFormer(scene) ?? strayAnswer(scene)
  if (held !== null) return held
  const doubt = scene.story.doubts.find((one) => !scene.logins.unheard.includes(one))
  return doubt === undefined ? null : doubtVerdict(scene, doubt, 'likely')
}

const exported: Rule = (scene) => {
  const entry = scene.facts.story.findLast(({ kind }) => kind === 'exported')
  if (entry === undefined) return null
  const to = String(entry.data['to'] ?? 'another program')
  return own(
    scene,
    {
      cause: 'exported-copy',
      text: `This token was handed out to “${to}” at ${stamp(entry.at)}. A single-use token that two programs hold dies as soon as both use it, and nobody here spent it.`,
      certainty: 'likely',
      next: `Take the token away from “${to}” (let it ask Keyturn instead), then authorise again with \`keyturn connect NAME\`.`,
    },
    [entryEvidence(entry)],
  )
}

const companion: Rule = (scene) => {
  const { companion: name, story } = scene.facts
  if (name === null) return null
  const failed = story.findLast(({ kind }) => kind === 'companion-write-failed')
  // It runs on this machine: its exchanges come from our own address.
  const row = scene.logins.foreign.find(({ sourceIp }) => scene.logins.ownAddresses.has(sourceIp))
  return own(
    scene,
    {
      cause: 'shared-with-sf',
      text: `The sf CLI holds this token, too (${name}). ${failed === undefined ? 'Something that uses its file without its lock' : 'Its file could not be written after an exchange here; it'} most likely spent the token.`,
      certainty: failed === undefined && row === undefined ? 'possible' : 'likely',
      next: `Log in with the sf CLI anew or authorise with \`keyturn connect NAME\`; docs/how-to/coexist-with-the-sf-cli.md says how both go together.`,
    },
    [failed === undefined ? null : entryEvidence(failed), row === undefined ? null : rowEvidence(row)],
  )
}

/** A legacy client whose real token the broker took over, and that still holds it. */
const legacyClient: Rule = (scene) => {
  const { oldTokens, takeOvers } = scene.facts
  const used = oldTokens.at(-1)
  const open = takeOvers.find(({ until }) => until >= scene.story.lastGood)
  if (used === undefined && open === undefined) return null
  const who = String(used?.data['name'] ?? open?.caller ?? 'a caller')
  return own(
    scene,
    {
      cause: 'legacy-client',
      text:
        used === undefined
          ? `The caller ${who} is being taken over and may still hold the real refresh token it had. If it sent that to Salesforce itself, Salesforce ended the whole family.`
          : `The caller ${who} still held its old real refresh token: it showed it to the broker at ${stamp(used.at)}. If it also sent it to Salesforce, Salesforce ended the whole family.`,
      certainty: used === undefined ? 'possible' : 'likely',
      next: `See that ${who} uses the broker’s address for everything and forgets its old token, then authorise again with \`keyturn connect NAME\`.`,
    },
    [used === undefined ? null : entryEvidence(used)],
  )
}

const siblingReplay: Rule = (scene) => {
  const entry = scene.facts.family.findLast(({ kind, at }) => kind === 'replay-claimed' && at > scene.story.lastGood)
  if (entry === undefined) return null
  return own(
    scene,
    {
      cause: 'sibling-replay',
      text: `The grant ${entry.grant}, of the same user and app, had to send a token of unknown fate once more at ${stamp(entry.at)}. Where Salesforce punishes a reuse by ending everything of that user and app, this grant went with it.`,
      certainty: 'likely',
    },
    [entryEvidence(entry, `The grant ${entry.grant} sent its token once more`)],
  )
}

/** A grant of the same user and app was ended here, and this one died at once: a revocation may have reached both. */
const endedSibling: Rule = (scene) => {
  const entry = scene.facts.family.findLast(({ kind, at }) => kind === 'removed' && at >= scene.story.lastGood)
  if (entry === undefined || !diedEarly(scene)) return null
  return own(
    scene,
    {
      cause: 'own-revocation',
      text: `The grant ${entry.grant}, of the same user and app, was removed here at ${stamp(entry.at)}. If it was revoked, too: some orgs end every token of that user and app with one of them.`,
      certainty: 'possible',
    },
    [entryEvidence(entry)],
  )
}

/** Somebody whom we gave the token to, or who had it before us. */
const shared: Rule = (scene) =>
  exported(scene) ?? endedSibling(scene) ?? siblingReplay(scene) ?? legacyClient(scene) ?? companion(scene)

/** An attempt that left no row in Login History: it may still be the one. */
const possible: Rule = (scene) => {
  const [doubt] = scene.logins.unheard.filter((one) => scene.story.doubts.includes(one))
  return doubt === undefined ? null : doubtVerdict(scene, doubt, 'possible')
}

export const ownCause = { seen, likely, shared, possible }
