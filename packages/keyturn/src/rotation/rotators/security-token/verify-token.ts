/**
 * The step that proves password and token from where Keyturn stands. First the password alone: an org that asks for the
 * token then shows that this address is not trusted, so that a login with it proves the token; one that lets it in shows
 * that from here nobody can prove the token for sure. Wrong tries are few: they count towards a lockout.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import { userLock } from '../../../org/org-user.ts'
import type { LoginTried } from '../../../org/password-login.ts'
import { noWayIn, problem } from '../../user-password/problem.ts'
import { saidYes } from '../../steps/said-yes.ts'
import { attempt, orgOf, userIdOf } from '../../user-password/subject.ts'
import type { Problem } from '../../credential.ts'
import type { RotationStep, StepOutcome } from '../../rotator.ts'
import type { SecurityTokenSettings } from './settings.ts'
import { askForToken, broughtByPerson, nextToken, refuseToken, waitForMail } from './token-source.ts'
import type { Context } from './token-source.ts'

/** Wrong tokens until a person looks, well below any lockout. */
const fewest = 2
const most = 4
const lockoutEnds = 15 * 60_000
const lockoutPatience = 60 * 60_000

type Alone = 'in' | 'token-wanted' | 'refused'

/** What stands in the way whatever the token is. */
const obstacle = (tried: LoginTried): Problem | null => {
  switch (tried.is) {
    case 'closed':
      return noWayIn(tried.why)
    case 'restricted':
      return problem(
        'ADDRESS_REFUSED',
        `The org doesn’t let this user in from here, or not now: ${tried.why} (${tried.code})`,
        'The new value is stored. Add this host’s address to the profile’s login IP ranges, or run Keyturn where consumers run; then resume.',
      )
    case 'expired':
      return problem(
        'PASSWORD_EXPIRED',
        'The new password is right, and the org calls it expired',
        'Look at the password policy of the user’s profile and at “User must change password”; then resume.',
      )
    default:
      return null
  }
}

const sure = (tried: LoginTried): LoginTried => {
  if (tried.is === 'unclear') throw new KeyturnError('ORG_UNAVAILABLE', `The login says nothing now: ${tried.why}`)
  return tried
}

const secrets = async (context: Context): Promise<{ readonly password: Secret; readonly securityToken: Secret }> => {
  const password = await context.secret(context.to, 'password')
  const securityToken = await context.secret(context.to, 'securityToken')
  if (password === null || securityToken === null) throw new KeyturnError('DEFECT', 'the new value is not in the store')
  return { password, securityToken }
}

const limitOf = ({ data }: Context): number => {
  const { lockout } = data
  return typeof lockout === 'number' ? Math.max(fewest, Math.min(most, lockout - 4)) : most
}

const proved = async (context: Context, alone: Alone): Promise<StepOutcome> => {
  await context.keep({ verified: true })
  const { trusted: expected, signIn } = context.settings
  const trusted = alone === 'in'
  const by = signIn?.by === 'password-flow' ? 'the OAuth username-password flow' : 'SOAP login()'
  const surprise = expected !== undefined && expected !== trusted ? '; keyturn.yaml says otherwise (`trusted`)' : ''
  const note = trusted
    ? `signs in by ${by}; this address is trusted${surprise}: the password is proved, and the token was accepted behind it, which from a trusted address proves little`
    : `signs in by ${by} from an untrusted address${surprise}: password and token are proved`
  return { is: 'done', note, facts: { by, trusted, tokenProved: !trusted } }
}

/** From a trusted address, with a token that was refused: the org may refuse any, or it is the wrong one. */
const unproved = async (context: Context): Promise<StepOutcome> => {
  if (saidYes(context, 'unproved')) {
    await context.keep({ verified: true })
    const note = 'the password is proved; a person decided to go on with a token that was not'
    return { is: 'done', note, facts: { trusted: true, tokenProved: false } }
  }
  const outcome = askForToken(
    context,
    'From this trusted address the password alone is let in and the token behind it is refused',
  )
  const { task } = outcome
  const clicks = [
    ...task.clicks,
    'If no consumer needs it, or the org refuses tokens from here: resume with --decide unproved',
  ]
  const decision = { name: 'unproved', label: 'Type yes to go on with a token that is not proved', secret: false }
  return { ...outcome, task: { ...task, clicks, asks: [...task.asks, decision] } }
}

const lockedOut = async (context: Context): Promise<StepOutcome | null> => {
  const lock = await userLock(orgOf(context), await userIdOf(context))
  if (lock?.locked !== true) return null
  const since = Number(context.data['lockedSince'] ?? context.clock.wall())
  await context.keep({ data: { lockedSince: since } })
  const what = `${context.settings.user} is locked out: somebody still tries the old password too often`
  if (context.clock.wall() - since < lockoutPatience) return { is: 'later', after: lockoutEnds, why: what }
  await context.keep({ data: { lockedSince: null } })
  const clicks = [
    'Find who it is: Setup → Users → the user → Login History, status “Invalid Password”; stop that program or give it the new value',
    'Setup → Users → the user → Unlock, then resume this run',
  ]
  return { is: 'person', task: { what, clicks, asks: [] }, recheck: lockoutEnds }
}

/** The password itself is not let in, so nothing is known of the token. */
const passwordRefused = (why: string): StepOutcome => {
  const text = `The new value is refused with the token and without it: ${why}`
  const next =
    'It is set and stored. See the user’s Login History: an inactive user, a missing “Use Any API Auth”, a lockout and a change by somebody else look the same. Then resume; or reset the security token and resume with --answer securityToken=….'
  return { is: 'halt', problem: problem('NEW_VALUE_REFUSED', text, next) }
}

const wrongToken = async (context: Context, alone: Alone, why: string): Promise<StepOutcome | null> => {
  await refuseToken(context)
  if (Number(context.data['wrong']) >= limitOf(context)) {
    const text = `${String(context.data['wrong'])} security tokens were refused: ${why}`
    const next = 'Wait until no lockout threatens, reset the token by hand, and resume with --answer securityToken=….'
    return { is: 'halt', problem: problem('TOO_MANY_WRONG_TOKENS', text, next) }
  }
  if ((await nextToken(context)) !== null) return null
  if (alone === 'in') {
    await context.keep({ data: { trustedHere: true } })
    return unproved(context)
  }
  return waitForMail(context, 'The token that came is refused, and no other came')
}

const one = async (context: Context): Promise<StepOutcome | null> => {
  const { password, securityToken } = await secrets(context)
  const without = sure(await attempt(context, { password }))
  const early = obstacle(without)
  if (early !== null) return { is: 'halt', problem: early }
  const alone = without.is as Alone
  // By SOAP a right password is never just refused; the other flow says nothing more of anything.
  const strange = alone === 'refused' && context.settings.signIn?.by !== 'password-flow'
  const locked = alone === 'refused' ? await lockedOut(context) : null
  if (locked !== null) return locked
  const withToken = sure(await attempt(context, { password, securityToken }))
  const late = obstacle(withToken)
  if (late !== null) return { is: 'halt', problem: late }
  if (withToken.is === 'in') return proved(context, alone)
  if (strange) return passwordRefused('why' in withToken ? withToken.why : withToken.is)
  return wrongToken(context, alone, 'why' in withToken ? withToken.why : withToken.is)
}

export const verifyToken: RotationStep<SecurityTokenSettings> = {
  name: 'verify',
  does: 'Signs in with password and token, from where Keyturn stands',
  reaches: 'verified',
  undo: 'impossible',
  async run(context): Promise<StepOutcome> {
    if (broughtByPerson(context) !== null) await nextToken(context)
    // After a token that was refused: what came meanwhile, or what a person decides.
    if (typeof context.data['tokenFrom'] !== 'string') {
      if ((await nextToken(context)) === null)
        return context.data['trustedHere'] === true
          ? unproved(context)
          : waitForMail(context, 'No other mail with a security token came')
    }
    for (;;) {
      const outcome = await one(context)
      if (outcome !== null) return outcome
    }
  },
}
