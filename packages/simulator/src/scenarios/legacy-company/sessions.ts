/** Sessions that are open now, some since yesterday and without a second factor. */
import { insertRow } from '../../data/index.ts'
import { idOf, userId } from './world.ts'
import type { World } from './world.ts'

const open: readonly (readonly [user: string, hours: number, type: string, level: string, ip: string])[] = [
  ['ada.admin', 1, 'UI', 'HIGH_ASSURANCE', '203.0.113.20'],
  ['clara.cole', 20, 'UI', 'STANDARD', '203.0.113.20'],
  ['sales.emea', 3, 'UI', 'STANDARD', '203.0.113.20'],
  ['sales.emea', 2, 'UI', 'STANDARD', '198.51.100.77'],
  ['sales.emea', 1, 'UI', 'STANDARD', '192.0.2.61'],
  ['drift.sync', 5, 'Oauth2', 'STANDARD', '192.0.2.61'],
  ['erp.sync', 0, 'API', 'STANDARD', '203.0.113.10'],
]

export function makeSessions(world: World): void {
  const { org, ago } = world
  for (const [user, hours, SessionType, SessionSecurityLevel, SourceIp] of open) {
    const id = insertRow(org, 'AuthSession', {
      UsersId: userId(world, user),
      CreatedDate: ago(hours / 24),
      LastModifiedDate: ago(hours / 48),
      NumSecondsValid: 86_400,
      UserType: 'Standard',
      LoginType: SessionType === 'UI' ? 'Application' : 'Remote Access 2.0',
      SessionType,
      SessionSecurityLevel,
      SourceIp,
    })
    if (user === 'ada.admin')
      insertRow(org, 'SessionPermSetActivation', {
        AuthSessionId: id,
        PermissionSetId: idOf(world, 'Policy_Editor'),
        UserId: userId(world, user),
        Description: 'Changing the password policy',
      })
  }
}
