/** The users with what hangs on them: rights, second factors, known addresses, when they were last here. */
import { insertRow } from '../../data/index.ts'
import { addUser } from '../../state/seed.ts'
import { updateUser } from '../../state/users.ts'
import { domain, people } from './people.ts'
import type { Person } from './people.ts'
import { idOf } from './world.ts'
import type { World } from './world.ts'

export function makePeople(world: World): void {
  const { org, users, ago, name } = world
  for (const person of people) {
    const profileId = idOf(world, person.profile)
    const last =
      person.name === 'karl.king'
        ? name('King', 'html')
        : person.name === 'sven.sand'
          ? name('Sand', 'terminal')
          : person.last
    const id = addUser(
      org,
      {
        username: `${person.name}@${domain}`,
        firstName: person.first,
        lastName: last,
        profile: person.profile,
      },
      profileId,
    )
    users.set(person.name, id)
    updateUser(org, id, { passwordChangedAt: ago(person.password) })
    org
      .sql('UPDATE User SET LastLoginDate = ?, CreatedDate = ?, Title = ? WHERE Id = ?')
      .run(
        person.login === null ? null : time(ago(person.login)),
        time(ago(person.made)),
        person.name === 'zoe.zimmer' ? name('Controller', 'command') : null,
        id,
      )
    if (person.state === 'frozen') updateUser(org, id, { frozen: true })
    if (person.state === 'inactive') updateUser(org, id, { active: false })
    for (const set of ['API_Access_Everyone', ...(person.sets ?? [])]) assign(world, id, set, person.name)
    register(world, id, person)
  }
}

const time = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}.000+0000`

function assign(world: World, userId: string, set: string, who: string): void {
  const aggregate = world.ids.get(`${set}_Aggregate`)
  insertRow(world.org, 'PermissionSetAssignment', {
    AssigneeId: userId,
    PermissionSetId: aggregate ?? idOf(world, set),
    ...(aggregate === undefined ? {} : { PermissionSetGroupId: idOf(world, set) }),
    // One that ran out, and is there still.
    ...(set === 'Temporary_Admin_2024' ? { ExpirationDate: world.ago(300), IsActive: false } : {}),
    ...(who === 'contractor.one' && set === 'Developer_Access' ? { ExpirationDate: world.ago(-14) } : {}),
  })
}

function register({ org, ago }: World, UserId: string, { methods = [], machine, login }: Person): void {
  const has = new Set<string>(methods)
  insertRow(org, 'TwoFactorMethodsInfo', {
    UserId,
    HasBuiltInAuthenticator: has.has('BuiltInAuthenticator'),
    HasSalesforceAuthenticator: has.has('SalesforceAuthenticator'),
    HasSecurityKey: has.has('SecurityKey'),
    HasTotp: has.has('Totp'),
    HasVerifiedMobileNumber: has.has('VerifiedMobileNumber'),
    HasUserVerifiedEmailAddress: machine !== true,
  })
  if (has.has('Totp')) insertRow(org, 'TwoFactorInfo', { UserId, Type: 'TOTP' })
  if (login !== null && machine !== true)
    insertRow(org, 'LoginIp', {
      UsersId: UserId,
      SourceIp: '203.0.113.20',
      IsAuthenticated: true,
      CreatedDate: ago(login + 100),
      ChallengeMethod: has.has('Totp') ? 'TOTP_ONLY' : 'Email',
    })
}
