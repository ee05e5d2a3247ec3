/** Whether ending one grant at Salesforce could end the other: same app and user, or not known to be another user. */
import { sameId } from '../spend/outcome.ts'
import type { StoredGrant } from '../store/store.ts'

export const mayFallTogether = (one: StoredGrant, other: StoredGrant): boolean =>
  one.settings.clientId === other.settings.clientId &&
  // Where an identity isn't known yet it might be the same one.
  (one.identity === null ||
    other.identity === null ||
    (sameId(one.identity.orgId, other.identity.orgId) && sameId(one.identity.userId, other.identity.userId)))
