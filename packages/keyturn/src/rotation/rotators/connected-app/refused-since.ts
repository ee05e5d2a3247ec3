/**
 * Who still shows the old pair: logins of the app that are refused for their consumer since consumers have the new one.
 * Salesforce does not say whether a refused pair leaves a row in Login History, and it can only where the user is known;
 * that there is none proves nothing. No rate is made of them: there is no way back to the old pair.
 */
import { appLogins, isForConsumer, refusedUsers } from '../../../org/failed-logins.ts'
import type { OldUse, StepContext } from '../../rotator.ts'
import type { ConnectedAppSettings } from './settings.ts'
import { labelOf } from './what-dies.ts'

const blindTo = 'a refused pair that Login History has no row of'

export const refusedSince = async ({ ports, settings, since }: StepContext<ConnectedAppSettings>): Promise<OldUse> => {
  const org = ports.org(settings.org)
  // What failed before consumers had the new pair, this store's grants among them, says nothing about who has it now.
  const seen = await appLogins(org, [labelOf(settings)], { since })
  if (seen === null)
    return {
      observable: false,
      why: 'this user may not read Login History (“Manage Users” or “Monitor Login History”)',
    }
  const refused = seen.filter(isForConsumer)
  if (refused.length === 0)
    return {
      observable: false,
      why: `no login of the app was refused for its consumer, and ${blindTo} is not excluded`,
    }
  return { observable: true, users: await refusedUsers(org, refused), blindTo }
}
