/**
 * One address more for the logins of a profile, or for the refresh tokens of an external client app. The first address
 * of a list is no widening: before it every address was good, and after it only that one. It is judged as what it is.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { metadataProfileName } from '../../org/metadata-allowed.ts'
import { componentNames, elementsOf, listOf, readComponent, readComponents } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import { soqlText } from '../../org/org-user.ts'
import type { OrgChange } from '../change/org-change.ts'
import { rangeText } from '../controls/addresses.ts'
import type { IpRange } from '../facts.ts'
import type { Restriction } from '../impact/restriction.ts'
import { contains, parseRange, sameRange, tooWide } from './address-range.ts'
import { appParts, partName } from './app-files.ts'
import type { PlannedWidening, WideningItem } from './widening.ts'

type AddressItem = Extract<WideningItem, { readonly is: 'address' }>

interface Held {
  readonly type: string
  readonly list: string
  readonly from: string
  readonly to: string
}

const held: Readonly<Record<AddressItem['of'], Held>> = {
  profile: { type: 'Profile', list: 'loginIpRanges', from: 'startAddress', to: 'endAddress' },
  app: { type: appParts.security, list: 'tokenIpRanges', from: 'startIpAddress', to: 'endIpAddress' },
}

const elements = (value: MetadataValue): readonly MetadataBody[] => listOf(value).map(elementsOf)

const rangeIn = (element: MetadataBody, { from, to }: Held): IpRange => ({
  from: String(element[from]),
  to: String(element[to]),
})

const rangesIn = (body: MetadataBody | null, of: Held): readonly IpRange[] =>
  elements(body?.[of.list]).map((one) => rangeIn(one, of))

/** `profile:NAME`, `app:NAME`, or a name that is only one of both. */
const findTarget = async (
  org: OrgConnection,
  target: string,
): Promise<{ readonly of: AddressItem['of']; readonly name: string }> => {
  const [, prefix, rest] = /^(profile|app):(.+)$/.exec(target) ?? []
  const name = rest ?? target
  const isProfile =
    prefix !== 'app' && (await org.query(`SELECT Id FROM Profile WHERE Name = ${soqlText(name)}`)).length > 0
  const isApp = prefix !== 'profile' && (await componentNames(org, appParts.app)).includes(name)
  if (isProfile && isApp)
    throw new KeyturnError('BAD_ARGUMENT', `${name} is a profile and an app`, {
      fix: `Write profile:${name} or app:${name}.`,
    })
  if (isProfile) return { of: 'profile', name }
  if (isApp) return { of: 'app', name }
  throw new KeyturnError('BAD_ARGUMENT', `This org has no profile and no external client app ${name}`, {
    fix: 'Name the profile as Setup shows it, or the app by its API name.',
  })
}

/** An app's list may have any name; the tie is an element in it. */
const componentOf = async (org: OrgConnection, of: AddressItem['of'], name: string): Promise<string> => {
  if (of === 'profile') {
    // `Sales: North` is `Sales%3A North` in metadata.
    const names = await componentNames(org, 'Profile')
    const decoded = (one: string): string => decodeURIComponent(one.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25'))
    return names.find((one) => decoded(one) === name) ?? metadataProfileName(name)
  }
  const { type } = held.app
  const all = await readComponents(org, type, await componentNames(org, type))
  const mine = [...all].find(([, body]) => body['externalClientApplication'] === name)
  return mine?.[0] ?? partName('security', name)
}

export const planAddress = async (
  org: OrgConnection,
  asked: { readonly target: string; readonly address: string; readonly wide: boolean },
): Promise<PlannedWidening<AddressItem>> => {
  const range = parseRange(asked.address)
  const width = tooWide(range)
  if (width !== null && !asked.wide)
    throw new KeyturnError('BAD_ARGUMENT', `${rangeText(range)}: ${width}`, {
      fix: 'Name a narrower range, or add --wide if it has to be.',
    })
  const { of, name } = await findTarget(org, asked.target)
  const where = held[of]
  const component = await componentOf(org, of, name)
  const body = await readComponent(org, { type: where.type, fullName: component })
  const ranges = rangesIn(body, where)
  const first = ranges.length === 0
  const users =
    of === 'app'
      ? null
      : (await org.query(`SELECT Id FROM User WHERE Profile.Name = ${soqlText(name)} AND IsActive = true`)).length
  const covering = ranges.find((one) => contains(one, range))
  const list = of === 'profile' ? 'logins' : 'refresh tokens'
  return {
    item: { is: 'address', of, name, component, range, first },
    change: {
      title: `Allow ${rangeText(range)} for the ${list} of ${name}`,
      components: covering === undefined ? [addTo(of, name, component, range)] : [],
      records: [],
      clicks: [],
    },
    notes: [
      ...(users === null ? [] : [`${name} has ${users === 1 ? '1 active user' : `${users} active users`}`]),
      ...(covering === undefined ? [] : [`${rangeText(covering)} holds it already`]),
      ...(first ? [`There is no list yet: with this first range every other address is refused`] : []),
    ],
    restricts: !first
      ? []
      : of === 'profile'
        ? [{ is: 'login-addresses', profile: name, ranges: [range] }]
        : [{ is: 'token-addresses', app: name, ranges: [range] }],
  }
}

const addTo = (of: AddressItem['of'], name: string, component: string, range: IpRange) => {
  const where = held[of]
  return {
    type: where.type,
    fullName: component,
    edit: (now: MetadataBody | null): MetadataBody => {
      const body = now ?? (of === 'app' ? { externalClientApplication: name, label: component } : null)
      if (body === null) throw new KeyturnError('ORG_REFUSED', `The org’s metadata shows no profile ${name}`)
      const all = elements(body[where.list])
      if (all.some((one) => sameRange(rangeIn(one, where), range))) return body
      const added = { description: 'Keyturn', [where.from]: range.from, [where.to]: range.to }
      return { ...body, [where.list]: [...all, added] }
    },
  }
}

/** The last range of a list is not taken away: without one every address is good, which is no end of a widening. */
export const endAddress = (item: AddressItem): OrgChange => ({
  title: `Take ${rangeText(item.range)} back from the ${item.of} ${item.name}`,
  components: [
    {
      type: held[item.of].type,
      fullName: item.component,
      edit: (now) => {
        const where = held[item.of]
        if (now === null) throw new KeyturnError('ORG_REFUSED', `The org’s metadata shows no ${item.component}`)
        const all = elements(now[where.list])
        const others = all.filter((one) => !sameRange(rangeIn(one, where), item.range))
        if (others.length === 0 && all.length > 0)
          throw new KeyturnError(
            'ORG_REFUSED',
            `${rangeText(item.range)} is the last address of ${item.name}: without it every address would be good`,
            {
              fix: 'Allow the addresses that are to stay first.',
            },
          )
        return { ...now, [where.list]: others }
      },
    },
  ],
  records: [],
  clicks: [],
})

/** What taking it back takes away: whoever comes from there. */
export const endRestricts = async (org: OrgConnection, item: AddressItem): Promise<readonly Restriction[]> => {
  const where = held[item.of]
  const body = await readComponent(org, { type: where.type, fullName: item.component })
  const ranges = rangesIn(body, where).filter((one) => !sameRange(one, item.range))
  return item.of === 'profile'
    ? [{ is: 'login-addresses', profile: item.name, ranges }]
    : [{ is: 'token-addresses', app: item.name, ranges }]
}
