/**
 * Rights of machines over whole objects (deleting, all records, all fields) are taken from the profiles and permission
 * sets that nobody but machines among the findings holds.
 */
import { elementsOf, isOn, listOf, withElement } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import { seenIn } from './app-uses.ts'
import { present } from './app-element.ts'
import type { Fix } from './fix.ts'
import { subjectFix } from './subject-fix.ts'
import type { AskedFix, Mended } from './subject-fix.ts'
import type { UserFact } from '../facts.ts'

interface ObjectRights {
  readonly control: string
  /** Elements of objectPermissions. */
  readonly elements: readonly string[]
  /** Completes “take … from”. */
  readonly what: string
  readonly objects: (user: UserFact, asked: AskedFix) => readonly string[] | string
}

const without = (body: MetadataBody, objects: readonly string[], elements: readonly string[]): MetadataBody => {
  const list = listOf(body['objectPermissions'])
  const narrowed = list.map((one) => {
    const rights = elementsOf(one)
    if (!objects.includes(String(rights['object']))) return one
    return Object.fromEntries(
      Object.entries(rights).map(([name, value]) => [name, elements.includes(name) && isOn(value) ? 'false' : value]),
    )
  })
  return list.length === 0 ? body : withElement(body, ['objectPermissions'], narrowed)
}

const mendUser = (user: UserFact, asked: AskedFix, { objects, elements, what }: ObjectRights): Mended => {
  const { users, profiles, permissionSets } = asked.facts
  const named = objects(user, asked)
  if (typeof named === 'string') return named
  if (
    users.is === 'unknown' ||
    profiles.is === 'unknown' ||
    permissionSets.is === 'unknown' ||
    user.permissionSets.is === 'unknown'
  )
    return 'By which profile and permission sets it has these rights was not read.'
  const found = new Set(asked.findings.map(({ subject }) => subject))
  const others = users.value.filter((one) => one.active && !found.has(`user:${one.username}`))
  const profile = profiles.value.find(({ id }) => id === user.profileId)
  const held = user.permissionSets.value
  const sets = permissionSets.value.filter(({ name }) => held.includes(name))
  if (held.some((name) => !sets.some((set) => set.name === name)))
    return 'Some of its rights come by a permission set group: mute them there.'
  // Objects of packages can’t be told from here, so that all sets must be the company’s own.
  const foreign = sets.find(({ custom }) => !custom)
  if (foreign !== undefined)
    return `The permission set ${foreign.name} came from elsewhere: its rights are its owner’s to change.`
  const sharesWith = (one: UserFact): boolean =>
    one.profileId === user.profileId ||
    one.permissionSets.is === 'unknown' ||
    one.permissionSets.value.some((name) => held.includes(name))
  const sharedBy = others.find(sharesWith)
  if (sharedBy !== undefined)
    return `It shares its profile or a permission set with ${sharedBy.username}: give it its own (\`keyturn provision integration-user\`).`
  if (profile === undefined || profile.fullName === undefined) return 'The metadata of its profile was not read.'
  const parts = [
    ...(profile.custom ? [{ type: 'Profile', fullName: profile.fullName }] : []),
    ...sets.map(({ name }) => ({ type: 'PermissionSet', fullName: name })),
  ]
  if (parts.length === 0) return `Its profile ${profile.name} is Salesforce’s own and keeps its rights.`
  return {
    change: {
      title: `Take ${what} from ${parts.map(({ fullName }) => fullName).join(', ')}: ${named.join(', ')}`,
      components: parts.map(({ type, fullName }) => ({
        type,
        fullName,
        edit: (body) => without(present(body, `${type} ${fullName}`), named, elements),
      })),
      records: [],
      clicks: [],
    },
    // Whoever shares one of these is a finding too, and loses as much.
    restricts: [
      {
        is: 'permission-removed',
        permission: what,
        users: users.value.filter(sharesWith).map(({ username }) => username),
      },
    ],
  }
}

export const objectRightsFix = (rights: ObjectRights): Fix =>
  subjectFix(rights.control, ({ subject }, asked) => {
    const user = seenIn(asked.snapshot).userOf(subject.replace(/^user:/u, ''))
    return user === undefined ? 'The user is not among those that were read.' : mendUser(user, asked, rights)
  })
