/** Everybody who has a user record, by id. Under a private sharing model only “View All Users” shows all of them. */
import type { Fact } from '../../fact.ts'
import { attemptAll } from '../attempt.ts'
import { seesUsers } from '../needs.ts'
import { flag, maybeMoment, maybeText, moment, text } from '../cells.ts'
import type { SourceContext } from '../source-context.ts'

export interface DirectoryUser {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly profileId: string
  readonly profile: string
  readonly license: string
  readonly userType: string
  readonly active: boolean
  readonly created: number
  readonly lastLogin: number | null
  /** Undefined: this org doesn't show it. */
  readonly passwordChanged: number | null | undefined
}

const always = [
  ...['Id', 'Username', 'Name', 'ProfileId', 'Profile.Name', 'Profile.UserLicense.Name', 'UserType', 'IsActive'],
  ...['CreatedDate', 'LastLoginDate'],
]

export const readDirectory = ({ ask, own }: SourceContext): Promise<Fact<ReadonlyMap<string, DirectoryUser>>> =>
  attemptAll(seesUsers, own, async () => {
    const changed = (await ask.fields('User')).has('LastPasswordChangeDate')
    const fields = changed ? [...always, 'LastPasswordChangeDate'] : always
    const found = new Map<string, DirectoryUser>()
    for (const one of await ask.rows(`SELECT ${fields.join(', ')} FROM User`)) {
      const id = text(one, 'Id')
      found.set(id, {
        id,
        username: text(one, 'Username'),
        name: maybeText(one, 'Name') ?? '',
        profileId: maybeText(one, 'ProfileId') ?? '',
        profile: maybeText(one, 'Profile.Name') ?? '',
        license: maybeText(one, 'Profile.UserLicense.Name') ?? '',
        userType: maybeText(one, 'UserType') ?? '',
        active: flag(one, 'IsActive'),
        created: moment(one, 'CreatedDate'),
        lastLogin: maybeMoment(one, 'LastLoginDate'),
        passwordChanged: changed ? maybeMoment(one, 'LastPasswordChangeDate') : undefined,
      })
    }
    return found
  })
