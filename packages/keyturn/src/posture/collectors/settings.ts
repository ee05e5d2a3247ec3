/**
 * Settings of the org by the path of their element. What was asked for and isn't in the org's metadata is not provisioned
 * there: absent is not off. Who may not read metadata may see Security by the Tooling API.
 */
import { known, unknown } from '../fact.ts'
import type { Fact } from '../fact.ts'
import type { SettingValue } from '../facts.ts'
import { row } from '../../org/connection.ts'
import { elementsOf, listOf } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { Collecting, Collector } from '../collector.ts'
import { attempt } from './attempt.ts'
import { readsMetadata, seesSecuritySettings } from './needs.ts'

const always = ['Security', 'ConnectedApp', 'OauthOidc', 'ExternalClientApp', 'MyDomain'] as const

const valueOf = (value: MetadataValue): SettingValue | null => {
  if (typeof value === 'boolean' || typeof value === 'number') return value
  if (value === 'true' || value === 'false') return value === 'true'
  if (typeof value !== 'string') return null
  return /^-?\d+$/.test(value) ? Number(value) : value
}

const rangeText = (range: MetadataValue): string => {
  const { start, end } = elementsOf(range)
  return `${String(start)}-${String(end)}`
}

/** Each element under the path that leads to it. */
const flattened = (path: string, value: MetadataValue): readonly (readonly [string, SettingValue])[] => {
  if (value === undefined || value === null) return []
  if (path === 'Security.networkAccess.ipRanges') return [[path, listOf(value).map(rangeText)]]
  if (Array.isArray(value)) {
    const texts = (value as readonly MetadataValue[]).filter((one) => typeof one === 'string')
    return texts.length === 0 ? [] : [[path, texts]]
  }
  if (typeof value === 'object')
    return Object.entries(value as MetadataBody).flatMap(([name, one]) => flattened(`${path}.${name}`, one))
  const single = valueOf(value)
  return single === null ? [] : [[path, single]]
}

/** Undefined: this org has no such settings. */
const readMember = async ({ ask, own }: Collecting, member: string): Promise<Fact<MetadataBody | undefined>> => {
  const needs = readsMetadata(`${member} settings`)
  const read = await attempt(needs, own, async () => (await ask.components(`${member}Settings`, [member])).get(member))
  if (read.is === 'known' || member !== 'Security') return read
  const seen = await attempt(seesSecuritySettings, own, async () => {
    const [one] = await ask.rows('SELECT Metadata FROM SecuritySettings LIMIT 1', { tooling: true })
    return row(one?.['Metadata']) as MetadataBody
  })
  return seen.is === 'known' && Object.keys(seen.value ?? {}).length > 0 ? seen : read
}

export const collectSettings: Collector<'settings'> = async (collecting) => {
  const asked = collecting.settings
  const members = [...new Set([...always, ...asked.map((path) => path.split('.')[0] ?? '')])].filter(
    (one) => one !== '',
  )
  const parts = await Promise.all(
    members.map(async (member) => {
      const read = await readMember(collecting, member)
      const paths = asked.filter((path) => path.startsWith(`${member}.`))
      if (read.is === 'unknown') return paths.map((path) => [path, read] as const)
      const found = new Map(flattened(member, read.value))
      // The list is absent where it is empty.
      if (member === 'Security' && read.value !== undefined && !found.has('Security.networkAccess.ipRanges'))
        found.set('Security.networkAccess.ipRanges', [])
      const absent = paths.filter((path) => !found.has(path))
      return [
        ...[...found].map(([path, value]) => [path, known(value)] as const),
        ...absent.map((path) => [path, unknown('not-provisioned', `this org’s metadata has no ${path}`)] as const),
      ]
    }),
  )
  return Object.fromEntries(parts.flat())
}
