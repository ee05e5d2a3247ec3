/** Grants of this store that a change of their app's client cost their tokens: whoever owns them signs in again. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { StepContext, StepOutcome } from '../rotator.ts'

const lookAgain = 60_000

type Context = Pick<StepContext, 'keyturn' | 'ports' | 'data' | 'keep'>

const isDead = async ({ keyturn }: Context, { name, status }: GrantView): Promise<boolean> => {
  if (status === 'blocked') await keyturn.grants.retry(name)
  try {
    // `userinfo` wants a living token; the list of API versions would answer anybody.
    const { status } = await keyturn.fetch(name, '/services/oauth2/userinfo')
    // Neither an org that is down nor one that is busy says anything about a token.
    if (status >= 500 || status === 429)
      throw new KeyturnError(
        'ORG_UNAVAILABLE',
        `The org answers HTTP ${status}: whether ${name} still works is not known`,
      )
    return status >= 400
  } catch (error) {
    if (error instanceof KeyturnError && error.kind === 'denied') return true
    if (error instanceof KeyturnError && error.code === 'REAUTHORISATION_PENDING') return true
    throw error
  }
}

/** Calls with each of them. Null: all work. */
export const askAgain = async (
  context: Context,
  grants: readonly GrantView[],
): Promise<Extract<StepOutcome, { readonly is: 'person' }> | null> => {
  const dead: string[] = []
  for (const grant of grants) if (await isDead(context, grant)) dead.push(grant.name)
  if (dead.length === 0) return null
  const clicks: string[] = []
  for (const name of dead) {
    const asked = context.data[`asked:${name}`]
    const text = typeof asked === 'string' ? asked : (await context.ports.reauthorise(name)).text
    if (asked === undefined) await context.keep({ data: { [`asked:${name}`]: text } })
    clicks.push(`${name}: ${text}`)
  }
  const what = `The new pair ended the tokens of ${dead.join(', ')}`
  return { is: 'person', task: { what, clicks, asks: [] }, recheck: lookAgain }
}
