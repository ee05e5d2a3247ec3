/**
 * Password and security token of an integration user: made → stored → set → token received by mail → proved → told →
 * drained → filed. The platform’s order can’t be turned round: the moment the password is set, the old password and its
 * token end, and the new token is only then written and mailed. So everything that can be found out before it is, what
 * is exposed is measured, and there is no way back.
 */
import { KeyturnError } from '@keyturn/tokens'
import { findUser } from '../../../org/org-user.ts'
import { tokenObstacle } from '../../../org/token-obstacle.ts'
import type { Problem } from '../../credential.ts'
import { defineRotator } from '../../rotator.ts'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { oldPasswordUse } from '../../user-password/old-password-use.ts'
import { lookedAtUser, lookedAtWayIn } from '../../user-password/password-preflight.ts'
import { problem, tokenUseless } from '../../user-password/problem.ts'
import { setPasswordStep } from '../../user-password/set-password.ts'
import { stagePassword } from '../../user-password/stage-password.ts'
import { notReadable, orgOf } from '../../user-password/subject.ts'
import { receiveToken } from './receive-token.ts'
import { securityTokenSettings } from './settings.ts'
import type { SecurityTokenSettings } from './settings.ts'
import { mailsOf, settleMails } from './token-source.ts'
import { verifyToken } from './verify-token.ts'

type Settings = SecurityTokenSettings
type Step = RotationStep<Settings>

const listen: Step = {
  name: 'listen',
  does: 'Looks into the mailbox, so that nothing is changed where the new token could not be received',
  reaches: null,
  undo: 'nothing',
  async run(context) {
    if (context.settings.mailbox === undefined)
      return { is: 'done', note: 'no mailbox is named: a person will be asked for the token' }
    await mailsOf(context)
    return { is: 'done', note: `${context.settings.mailbox} can be read` }
  },
}

const setPassword = setPasswordStep<Settings>()

const set: Step = {
  ...setPassword,
  async run(context) {
    // A process that died and came back here: its inbox begins to listen only now.
    if (context.data['taken'] !== true) await mailsOf(context)
    return setPassword.run(context)
  },
}

const activate: Step = {
  name: 'activate',
  does: 'Ends the exposed time: consumers have the new value; its mail leaves the mailbox',
  reaches: 'active',
  undo: 'nothing',
  async run(context) {
    await context.keep({ exposed: null })
    try {
      const count = await settleMails(context)
      return { is: 'done', note: count === 0 ? 'no mail to file' : `mails deleted or filed: ${count}` }
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code === 'CLAIM_LOST' || error.code === 'STORE_UNAVAILABLE')
        throw error
      return { is: 'done', note: `the mail is filed at the end of the run, for now: ${error.message}` }
    }
  },
}

const retire: Step = {
  name: 'retire',
  does: 'Files what came late, and forgets the old value',
  reaches: 'retired',
  undo: 'nothing',
  async run(context) {
    const count = await settleMails(context)
    return {
      is: 'done',
      note: `the old value ended when the password was set${count === 0 ? '' : `; late mails filed: ${count}`}`,
    }
  },
}

const mailboxProblems = async ({ ports, settings }: Omit<StepContext<Settings>, 'to'>): Promise<readonly Problem[]> => {
  if (settings.mailbox === undefined) return []
  try {
    return await ports.mailbox(settings.mailbox).preflight()
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return [problem(error.code, `${settings.mailbox}: ${error.message}`, error.fix)]
  }
}

const attendance = ({ from, attended, settings, name }: Omit<StepContext<Settings>, 'to'>): readonly Problem[] => {
  const turnedBefore = from !== null && from.activeAt !== null
  if (attended || turnedBefore || settings.firstRunUnattended === true) return []
  const text =
    'The first rotation of a security token needs a person who watches: whether this org mails the token, and to whom, shows only then'
  const next = `Run \`keyturn rotate ${name}\` in a terminal once, or say \`firstRunUnattended: true\`.`
  return [problem('FIRST_RUN_UNATTENDED', text, next)]
}

export const securityToken = defineRotator<Settings>({
  kind: 'security-token',
  title: 'Password and security token of an integration user',
  settings: securityTokenSettings,
  fields: ['username', 'password', 'securityToken'],
  steps: [
    stagePassword(),
    listen,
    set,
    receiveToken,
    verifyToken,
    distribute(),
    activate,
    drain((context: StepContext<Settings>) => oldPasswordUse(context)),
    retire,
  ],
  exposure:
    'From the moment the password is set until the mail has come and consumers have the new value, their logins fail; what is open stays open. There is no way back from there.',
  person: null,
  orgOf: ({ org }) => org,
  async preflight(context) {
    const { user, problems } = await lookedAtUser(context)
    const found = [...problems, ...attendance(context), ...(await mailboxProblems(context))]
    if (user === null) return found
    const obstacle = await tokenObstacle(orgOf(context), user)
    // What nobody can use need not be reachable.
    if (obstacle !== null) return [tokenUseless(obstacle), ...found]
    return [...found, ...(await lookedAtWayIn(context, user))]
  },
  adopt: notReadable,
  async age(context) {
    const user = await findUser(orgOf(context), context.settings.user)
    if (user?.passwordChangedAt == null)
      return { basis: 'unknown', why: 'the org shows no date of the password, and never one of a security token' }
    const why =
      'the password is of then; a security token ends with its password, so it is at most as old, and it never expires by age'
    return { basis: 'at-most', since: user.passwordChangedAt, why }
  },
})
