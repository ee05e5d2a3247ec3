/** The step that waits for the new security token and stores it. The password is never changed again to get one. */
import { attempt } from '../../user-password/subject.ts'
import type { RotationStep, StepOutcome } from '../../rotator.ts'
import type { SecurityTokenSettings } from './settings.ts'
import { keepToken, nextToken, textsOf, waitForMail } from './token-source.ts'
import type { Context } from './token-source.ts'

/**
 * Some orgs may leave the token in force when a password is set over the API: then no mail will ever come. From an
 * address whose password is enough a login says nothing of the token behind it: then a person is asked.
 */
const formerToken = async (context: Context): Promise<boolean> => {
  const { from, data } = context
  if (from === null || data['formerTried'] === true) return false
  const former = await context.secret(from, 'securityToken')
  const password = await context.secret(context.to, 'password')
  if (former === null || password === null) return false
  await context.keep({ data: { formerTried: true } })
  const alone = await attempt(context, { password })
  if (alone.is === 'in' || alone.is === 'unclear') return false
  const tried = await attempt(context, { password, securityToken: former })
  if (tried.is !== 'in') return false
  await keepToken(context, former, 'the version before', null)
  return true
}

export const receiveToken: RotationStep<SecurityTokenSettings> = {
  name: 'receive',
  does: 'Waits for the mail with the new security token and stores it',
  reaches: null,
  undo: 'impossible',
  async run(context): Promise<StepOutcome> {
    const had = typeof context.data['tokenFrom'] === 'string' ? `from ${context.data['tokenFrom']}` : null
    const found = had ?? (await nextToken(context))
    if (found !== null)
      return { is: 'done', note: `stored, ${found}`, facts: { notAccepted: [...textsOf(context.data['lookalikes'])] } }
    const waiting = waitForMail(context, 'No mail with a security token came')
    if (waiting.is !== 'person' || !(await formerToken(context))) return waiting
    return { is: 'done', note: 'no mail came, and the former security token is still the one in force' }
  },
}
