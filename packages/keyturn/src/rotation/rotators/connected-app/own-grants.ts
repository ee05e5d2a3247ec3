/** This store's grants of the app: they keep both pairs over the change; those whose tokens die are authorised again. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import type { RotationStep, StepContext } from '../../rotator.ts'
import type { ConnectedAppSettings } from './settings.ts'
import { ownGrants } from './what-dies.ts'

type Context = StepContext<ConnectedAppSettings>

const lookAgain = 60_000

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

const isDead = async (context: Context, { name, status }: GrantView): Promise<boolean> => {
  const { keyturn } = context
  if (status === 'blocked') await keyturn.grants.retry(name)
  try {
    // `userinfo` wants a living token; the list of API versions would answer anybody.
    return (await keyturn.fetch(name, '/services/oauth2/userinfo')).status >= 400
  } catch (error) {
    if (error instanceof KeyturnError && error.kind === 'denied') return true
    if (error instanceof KeyturnError && error.code === 'REAUTHORISATION_PENDING') return true
    throw error
  }
}

/** No hurry for consumers, who have the pair by now; each of these is out until a person signed in. */
export const reauthorise: RotationStep<ConnectedAppSettings> = {
  name: 're-authorise',
  does: 'Calls with every grant of this store, and has those authorised again whose tokens died',
  reaches: null,
  undo: 'impossible',
  async run(context) {
    const refreshed = (await grantsOf(context)).filter(({ flow }) => flow === 'refresh_token')
    const dead: string[] = []
    for (const { name } of refreshed) {
      // The old pair is over: whoever signs in now, signs in with the new one.
      await context.keyturn.grants.settleClient(name, 'new')
      if (await isDead(context, await context.keyturn.grants.show(name))) dead.push(name)
    }
    if (dead.length === 0) {
      const names = refreshed.map(({ name }) => name).join(', ')
      return {
        is: 'done',
        note: refreshed.length === 0 ? 'no grant of this store had tokens to lose' : `${names} work`,
      }
    }
    const clicks: string[] = []
    for (const name of dead) {
      const asked = context.data[`asked:${name}`]
      const text = typeof asked === 'string' ? asked : (await context.ports.reauthorise(name)).text
      if (asked === undefined) await context.keep({ data: { [`asked:${name}`]: text } })
      clicks.push(`${name}: ${text}`)
    }
    return {
      is: 'person',
      task: {
        what: `The new pair ended the tokens of ${dead.join(', ')}`,
        clicks,
        asks: [],
      },
      recheck: lookAgain,
    }
  },
}
