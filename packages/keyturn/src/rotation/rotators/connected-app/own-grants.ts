/** This store's grants of the app: they keep both pairs over the change; those whose tokens die are authorised again. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { askAgain } from '../../steps/ask-again.ts'
import type { ConnectedAppSettings } from './settings.ts'
import { ownGrants } from './what-dies.ts'

type Context = StepContext<ConnectedAppSettings>

export const grantsOf = (context: Context): Promise<readonly GrantView[]> => {
  const { oldKey } = context.data
  const { key } = context.to.data
  return ownGrants(
    context,
    [oldKey, key].filter((one): one is string => typeof one === 'string'),
  )
}

/** Said again with the same pair, nothing changes; a pair that was corrected replaces the wrong one. */
export const giveGrants = async (context: Context, corrected: boolean): Promise<readonly string[]> => {
  const { key } = context.to.data
  const clientSecret = await context.secret(context.to, 'consumerSecret')
  if (typeof key !== 'string' || clientSecret === null)
    throw new KeyturnError('DEFECT', 'the new pair is not in the store')
  const grants = await grantsOf(context)
  for (const { name, flow } of grants) {
    if (corrected) await context.keyturn.grants.settleClient(name, 'old')
    const change = flow === 'jwt_bearer' ? { clientId: key } : { clientId: key, clientSecret }
    await context.keyturn.grants.changeClient(name, change)
  }
  return grants.map(({ name }) => name)
}

/** No hurry for consumers, who have the pair by now; each of these is out until a person signed in. */
export const reauthorise: RotationStep<ConnectedAppSettings> = {
  name: 're-authorise',
  does: 'Calls with every grant of this store, and has those authorised again whose tokens died',
  reaches: null,
  undo: 'impossible',
  async run(context) {
    const refreshed = (await grantsOf(context)).filter(({ flow }) => flow === 'refresh_token')
    // The old pair is over: whoever signs in now, signs in with the new one.
    for (const { name } of refreshed) await context.keyturn.grants.settleClient(name, 'new')
    const settled = await Promise.all(refreshed.map(({ name }) => context.keyturn.grants.show(name)))
    const asked = await askAgain(context, settled)
    if (asked !== null) return asked
    const names = refreshed.map(({ name }) => name).join(', ')
    return {
      is: 'done',
      note: refreshed.length === 0 ? 'no grant of this store had tokens to lose' : `${names} work`,
    }
  },
}
