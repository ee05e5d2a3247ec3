/** What stands against making or finishing an integration user, and what one must never be able to do. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { readComponent } from '../../org/metadata-component.ts'
import { broadForMachines } from '../controls/permissions.ts'
import { heldPermissions } from './held-permissions.ts'
import { standardProfile, unfit } from './integration-profile.ts'
import type { IntegrationNames, IntegrationState } from './integration-state.ts'
import { notOurs } from './provisioned.ts'
import type { Provisioned } from './provisioned.ts'

export const requireFitProfile = async (org: OrgConnection, own: string | undefined): Promise<void> => {
  const name = own ?? standardProfile
  const body = await readComponent(org, { type: 'Profile', fullName: name })
  if (body === null) {
    if (own !== undefined) return
    throw new KeyturnError('ORG_REFUSED', `This org has no profile ${standardProfile}`, {
      fix: 'Give it a profile of its own with --own-profile NAME.',
    })
  }
  const wrong = unfit(body)
  if (wrong.length > 0)
    throw new KeyturnError('ORG_REFUSED', `The profile ${name} is not fit for an integration: ${wrong.join(', ')}`, {
      fix: 'Give it a profile of its own with --own-profile NAME.',
    })
}

export const requireOurs = (state: IntegrationState, names: IntegrationNames, known: Provisioned | null): void => {
  const { user, setId, others } = state
  const other = 'Choose another name, or make what is there fit by hand (`keyturn audit` says what is wrong).'
  if (user !== null && known === null) throw notOurs('a user', names.username, other)
  if (setId !== null && known?.permissionSet !== names.permissionSet)
    throw notOurs('a permission set', names.permissionSet, other)
  if (others > 0)
    throw new KeyturnError('BAD_ARGUMENT', `${others} others hold the permission set ${names.permissionSet}`, {
      fix: 'An integration has one of its own: choose another name.',
    })
  if (user !== null && !user.active)
    throw new KeyturnError('ORG_REFUSED', `${names.username} is deactivated`, { fix: 'Activate it in Setup → Users.' })
  if (user !== null && user.profileId !== state.profileId)
    throw new KeyturnError('ORG_REFUSED', `${names.username} has another profile (${user.profile}) by now`, {
      fix: `Move it to ${names.profile} in Setup → Users, or find out who moved it.`,
    })
}

/** What signing in to the API takes, and nothing besides. */
const enough = ['ApiEnabled', 'ApiUserOnly']
const notForMachines: readonly string[] = [...broadForMachines, 'ViewSetup']

/**
 * What it may that no integration should. A profile of its own gives what we named and nothing else; what Salesforce’s
 * standard profile has besides is Salesforce’s choice, unless no machine has business with it.
 */
export const broadOf = async (org: OrgConnection, userId: string, ownProfile: boolean): Promise<readonly string[]> => {
  const held = await heldPermissions(org, userId)
  const wrong = held.filter((name) => !enough.includes(name) && (ownProfile || notForMachines.includes(name)))
  return [
    ...(held.includes('ApiUserOnly') ? [] : ['it is not API only']),
    ...wrong.map((name) => `it has ${name}, which was not named`),
  ]
}
