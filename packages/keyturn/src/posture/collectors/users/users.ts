/** Users with what they may do in fact, how they prove who they are, and whether somebody sits behind them. */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { LoginUse, UserFact } from '../../facts.ts'
import type { Collecting, Collector } from '../../collector.ts'
import { attempt, attemptAll } from '../attempt.ts'
import { readsMetadata, seesFrozen } from '../needs.ts'
import { flag, sameId, text } from '../cells.ts'
import { effectivePermissions } from './effective-permissions.ts'
import type { DirectoryUser } from './directory.ts'
import { readMethods } from './mfa-methods.ts'
import { natureOf } from './nature.ts'
import { readObjectRights } from './object-rights.ts'

interface LoginRecord {
  readonly id: string
  readonly frozen: boolean
}

/** By user. The rows of all users: by its own row a user is frozen. */
const readLoginRecords = ({ ask, own }: Collecting): Promise<Fact<ReadonlyMap<string, LoginRecord>>> =>
  attemptAll(seesFrozen, own, async () => {
    const rows = await ask.rows('SELECT Id, UserId, IsFrozen FROM UserLogin')
    return new Map(rows.map((one) => [text(one, 'UserId'), { id: text(one, 'Id'), frozen: flag(one, 'IsFrozen') }]))
  })

/** In metadata this profile is `Admin` in every language. Null: metadata can't be read, so its English name decides. */
const administrators = async ({ ask, own }: Collecting): Promise<string | null> => {
  const profiles = await attempt(readsMetadata('profiles'), own, () => ask.listed('Profile'))
  return profiles.is === 'known' ? (profiles.value.find(({ fullName }) => fullName === 'Admin')?.id ?? null) : null
}

const loginsByUser = async ({ other }: Collecting): Promise<ReadonlyMap<string, readonly LoginUse[]> | null> => {
  const logins = await other('logins')
  if (logins.is === 'unknown') return null
  const byUser = new Map<string, LoginUse[]>()
  for (const use of logins.value.uses) {
    const mine = byUser.get(use.user)
    if (mine === undefined) byUser.set(use.user, [use])
    else mine.push(use)
  }
  return byUser
}

const passwordOf = ({ passwordChanged: at }: DirectoryUser): UserFact['passwordChanged'] =>
  at === undefined ? unknown('not-provisioned', 'this org does not show when passwords were changed') : known(at)

const of = <T, U>(from: Fact<T>, pick: (value: T) => U): Fact<U> =>
  from.is === 'known' ? known(pick(from.value)) : from

const loginIdOf = (records: Fact<ReadonlyMap<string, LoginRecord>>, user: string): Pick<UserFact, 'loginId'> => {
  const record = records.is === 'known' ? records.value.get(user) : undefined
  return record === undefined ? {} : { loginId: record.id }
}

const worksLikeMachine = ({ is, programLogins }: UserFact['nature']): boolean =>
  is === 'machine' || programLogins !== undefined

export const collectUsers: Collector<'users'> = async (collecting) => {
  const { sources } = collecting
  const users = await sources.users()
  if (users.is === 'unknown') return users
  const [records, held, methods, uses, admin] = await Promise.all([
    readLoginRecords(collecting),
    effectivePermissions(sources),
    readMethods(collecting),
    loginsByUser(collecting),
    administrators(collecting),
  ])
  const drafts = [...users.value.values()].map((user) => {
    const mine = of(held, (by) => by(user))
    const permissions = mine.is === 'known' ? mine.value.permissions : null
    return {
      user,
      mine,
      nature: natureOf({ ...user, permissions }, uses === null ? null : (uses.get(user.username) ?? [])),
    }
  })
  const machineSets = drafts.flatMap(({ mine, nature, user }) =>
    worksLikeMachine(nature) && user.active && mine.is === 'known' ? mine.value.setIds : [],
  )
  const rights = await readObjectRights(collecting, [...new Set(machineSets)])
  return known(
    drafts.map(({ user, mine, nature }): UserFact => {
      const { passwordChanged: _at, ...rest } = user
      const isMachine = worksLikeMachine(nature) && user.active
      return {
        ...rest,
        systemAdministrator: admin === null ? user.profile === 'System Administrator' : sameId(admin, user.profileId),
        frozen: of(records, (all) => all.get(user.id)?.frozen === true),
        ...loginIdOf(records, user.id),
        passwordChanged: passwordOf(user),
        permissions: of(mine, ({ permissions }) => permissions),
        permissionSets: of(mine, ({ names }) => names),
        objects: !isMachine
          ? unknown('not-collected', 'what people may do to objects is not read')
          : mine.is === 'unknown'
            ? mine
            : of(rights, (by) => by(mine.value.setIds)),
        nature,
        mfaMethods: of(methods, (all) => all.get(user.id) ?? []),
      }
    }),
  )
}
