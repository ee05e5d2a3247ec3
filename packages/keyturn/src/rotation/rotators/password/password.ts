/**
 * The password of a user. A machine’s is rotated like the one of `security-token`, without a token: for users who sign in
 * from trusted addresses or login IP ranges. A person’s is reset after approval, or only watched for its age.
 */
import { KeyturnError } from '@keyturn/tokens'
import { findUser } from '../../../org/org-user.ts'
import type { Problem } from '../../credential.ts'
import { defineRotator } from '../../rotator.ts'
import type { RotationStep, StepContext, StepOutcome } from '../../rotator.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { oldPasswordUse } from '../../user-password/old-password-use.ts'
import { lookedAtUser, lookedAtWayIn } from '../../user-password/password-preflight.ts'
import { noWayIn, problem } from '../../user-password/problem.ts'
import { setPasswordStep } from '../../user-password/set-password.ts'
import { stagePassword } from '../../user-password/stage-password.ts'
import { attempt, notReadable, orgOf } from '../../user-password/subject.ts'
import { approval, chosen, isPerson, reset } from './reset-of-person.ts'
import { passwordSettings } from './settings.ts'
import type { PasswordSettings } from './settings.ts'

type Settings = PasswordSettings
type Step = RotationStep<Settings>
type Context = StepContext<Settings>

const made = stagePassword<Settings>()
const set = setPasswordStep<Settings>()

const approve: Step = {
  name: 'approve',
  does: 'Asks a person before a person’s password is reset',
  reaches: null,
  undo: 'nothing',
  run: async (context) => approval(context),
}

const stage: Step = {
  ...made,
  run: async (context) =>
    isPerson(context) ? { is: 'done', note: 'nothing is made: the person chooses it' } : made.run(context),
}

const change: Step = {
  ...set,
  does: 'Sets a machine’s password, or has the link mailed to a person, once; the old one ends here',
  run: async (context) => (isPerson(context) ? reset(context) : set.run(context)),
}

const signIn = async (context: Context): Promise<StepOutcome> => {
  const password = await context.secret(context.to, 'password')
  if (password === null) throw new KeyturnError('DEFECT', 'the new password is not in the store')
  const tried = await attempt(context, { password })
  if (tried.is === 'unclear') throw new KeyturnError('ORG_UNAVAILABLE', `The login says nothing now: ${tried.why}`)
  if (tried.is === 'in') {
    await context.keep({ verified: true })
    return { is: 'done', note: 'signs in with the password alone', facts: { trusted: true } }
  }
  if (tried.is === 'token-wanted') {
    await context.keep({ verified: true })
    const note =
      'the password is right; from this address a security token must stand behind it, and the former token ended with the former password: who needs one is served by `kind: security-token`'
    return { is: 'done', note, facts: { trusted: false } }
  }
  if (tried.is === 'closed') return { is: 'halt', problem: noWayIn(tried.why) }
  const why = tried.is === 'expired' ? 'the org calls it expired' : tried.why
  const next =
    'It is stored and set. See the user’s Login History: an address outside the login IP ranges, an inactive user, a lockout and a change by somebody else look alike. Then resume.'
  return { is: 'halt', problem: problem('NEW_VALUE_REFUSED', `The new password is refused: ${why}`, next) }
}

const verify: Step = {
  name: 'verify',
  does: 'Signs in with a machine’s new password; of a person, waits until it has chosen one',
  reaches: 'verified',
  undo: 'impossible',
  run: (context) => (isPerson(context) ? chosen(context) : signIn(context)),
}

const activate: Step = {
  name: 'activate',
  does: 'Ends the exposed time: consumers have the new password',
  reaches: 'active',
  undo: 'nothing',
  async run(context) {
    await context.keep({ exposed: null })
    return { is: 'done', note: isPerson(context) ? 'the person has it' : 'consumers have it' }
  },
}

const drained = drain<Settings>((context) => oldPasswordUse(context))

const drainStep: Step = {
  ...drained,
  run: async (context) =>
    // People mistype: a wrong password of theirs says nothing.
    isPerson(context) ? { is: 'done', note: 'a person uses one password' } : drained.run(context),
}

const retire: Step = {
  name: 'retire',
  does: 'Forgets the old password',
  reaches: 'retired',
  undo: 'nothing',
  run: async () => ({ is: 'done', note: 'the old password ended when it was changed' }),
}

const ofPerson = ({ settings, common }: Omit<Context, 'to'>): readonly Problem[] => {
  const found: Problem[] = []
  const next = 'Take it out of keyturn.yaml, or say `of: machine`.'
  if ((common.destinations?.length ?? 0) > 0)
    found.push(problem('PERSON_HAS_DESTINATIONS', 'A person’s password goes to no destination', next))
  if (settings.how === 'own')
    found.push(problem('PERSON_NOT_OWN', 'A person’s password is reset by an administrator', next))
  return found
}

export const password = defineRotator<Settings>({
  kind: 'password',
  title: 'Password of a user',
  settings: passwordSettings,
  fields: ['username', 'password'],
  steps: [approve, stage, change, verify, distribute(), activate, drainStep, retire],
  exposure:
    'From the moment the password is set until consumers have it, their logins fail; what is open stays open. There is no way back from there.',
  person: 'Of a person: approve it, and choose the new password by the link that Salesforce mails.',
  orgOf: ({ org }) => org,
  async preflight(context) {
    const { user, problems } = await lookedAtUser(context)
    if (isPerson(context)) return [...ofPerson(context), ...problems]
    return user === null ? problems : [...problems, ...(await lookedAtWayIn(context, user))]
  },
  adopt: notReadable,
  async age(context) {
    const user = await findUser(orgOf(context), context.settings.user)
    return user?.passwordChangedAt == null
      ? { basis: 'unknown', why: 'the org shows no date of this password' }
      : { basis: 'known', since: user.passwordChangedAt, why: 'as the org dates it (LastPasswordChangeDate)' }
  },
})
