/**
 * Profiles with their login hours and login ranges, which no query shows: there is no ProfileLoginIpRange object, whatever
 * published tools ask it. Where a profile's metadata can't be had, its hours and ranges are unknown, not “none”.
 */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { IpRange, ProfileFact } from '../../facts.ts'
import { elementsOf, isOn, listOf, textOf } from '../../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../../org/metadata-component.ts'
import type { Collecting, Collector } from '../../collector.ts'
import { attempt, attemptAll } from '../attempt.ts'
import { sameId, text } from '../cells.ts'
import { countsProfiles, readsMetadata, seesProfiles } from '../needs.ts'
import { readOverrides } from './profile-overrides.ts'

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const wholeDay = 1440

export const rangesOf = (value: MetadataValue, start: string, end: string): readonly IpRange[] => {
  return listOf(value).map((one) => {
    const range = elementsOf(one)
    return { from: textOf(range[start]) ?? '', to: textOf(range[end]) ?? '' }
  })
}

/** Hours that name no day restrict nothing; once a day is named, a day that isn't has no hours at all. */
const restricts = (hours: MetadataValue): boolean => {
  const named = elementsOf(hours)
  const spans = days.map((day) => [Number(named[`${day}Start`] ?? -1), Number(named[`${day}End`] ?? -1)] as const)
  if (spans.every(([from, to]) => from < 0 && to < 0)) return false
  return spans.some(([from, to]) => from !== 0 || to < wholeDay)
}

interface Metadata {
  readonly fullName: string
  readonly body: MetadataBody
}

const readBodies = ({ ask, own }: Collecting): Promise<Fact<(id: string, name: string) => Metadata | undefined>> =>
  attempt(readsMetadata('login hours and login IP ranges of profiles'), own, async () => {
    const listed = await ask.listed('Profile')
    const bodies = await ask.components(
      'Profile',
      listed.map(({ fullName }) => fullName),
    )
    return (id, name) => {
      const one =
        listed.find((each) => sameId(each.id, id)) ??
        listed.find(({ fullName }) => decodeURIComponent(fullName.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')) === name)
      const body = one === undefined ? undefined : bodies.get(one.fullName)
      return one === undefined || body === undefined ? undefined : { fullName: one.fullName, body }
    }
  })

export const collectProfiles: Collector<'profiles'> = async (collecting) => {
  const { ask, own, sources } = collecting
  const [profiles, bodies, overrides, users, sets] = await Promise.all([
    attemptAll(countsProfiles, own, () => ask.rows('SELECT Id, Name FROM Profile')),
    readBodies(collecting),
    readOverrides(collecting),
    sources.users(),
    sources.permissionSets(),
  ])
  if (profiles.is === 'unknown') return profiles
  const active = new Map<string, number>()
  if (users.is === 'known')
    for (const user of users.value.values())
      if (user.active) active.set(user.profileId, (active.get(user.profileId) ?? 0) + 1)
  const own_ = sets.is === 'known' ? [...sets.value.values()].filter(({ profileId }) => profileId !== null) : []
  const setOf = new Map(own_.map((set) => [set.profileId, set]))
  return attempt(seesProfiles, own, async () =>
    profiles.value.map((one): ProfileFact => {
      const [id, name] = [text(one, 'Id'), text(one, 'Name')]
      const metadata = bodies.is === 'known' ? bodies.value(id, name) : undefined
      const read = <T>(pick: (body: MetadataBody) => T): Fact<T> =>
        bodies.is === 'unknown'
          ? bodies
          : metadata === undefined
            ? unknown('not-provisioned', `the org shows no metadata of the profile ${name}`)
            : known(pick(metadata.body))
      const set = setOf.get(id)
      const names = [name.toLowerCase(), metadata?.fullName.toLowerCase() ?? '']
      const instead =
        overrides.is === 'unknown'
          ? undefined
          : names.map((each) => overrides.value.get(each)).find((each) => each !== undefined)
      return {
        id,
        name,
        ...(metadata === undefined ? {} : { fullName: metadata.fullName }),
        custom: metadata === undefined ? set?.custom === true : isOn(metadata.body['custom']),
        activeUsers: users.is === 'known' ? known(active.get(id) ?? 0) : users,
        loginHours: read((body) => restricts(body['loginHours'])),
        loginRanges: read((body) => rangesOf(body['loginIpRanges'], 'startAddress', 'endAddress')),
        overrides: overrides.is === 'unknown' ? overrides : known(instead?.values ?? {}),
        ...(instead === undefined ? {} : { overriddenBy: instead.by }),
        permissions:
          sets.is === 'unknown'
            ? sets
            : set === undefined
              ? unknown('not-provisioned', `no permission set of the profile ${name}`)
              : known(set.permissions),
      }
    }),
  )
}
