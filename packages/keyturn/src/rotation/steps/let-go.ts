/** A run that is abandoned leaves no grant of this store with two clients: the new one stays if a login with it works. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { StepContext } from '../rotator.ts'

interface Tried {
  readonly is: 'works' | 'refused' | 'other' | 'unclear'
}

export const letGo = async (
  { keyturn, tell }: Pick<StepContext, 'keyturn' | 'tell'>,
  grants: readonly GrantView[],
  tryNew: () => Promise<Tried>,
): Promise<void> => {
  const both = grants.filter(({ former }) => former !== null)
  if (both.length === 0) return
  const tried = await tryNew()
  if (tried.is === 'unclear') throw new KeyturnError('ORG_UNAVAILABLE', 'Which client the org takes can’t be told now')
  const keep = tried.is === 'works' ? 'new' : 'old'
  for (const { name } of both) {
    await keyturn.grants.settleClient(name, keep)
    tell(`the grant ${name} signs in with the ${keep} client from now on`)
  }
}
