/**
 * Every app this org knows: connected and external ones from their rows, their files and the org's usage page, and those
 * that nobody installed from the tokens they hold.
 */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { AppFact, Origin } from '../../facts.ts'
import type { MetadataBody } from '../../../org/metadata-component.ts'
import type { Collecting, Collector } from '../../collector.ts'
import type { Listed } from '../asker.ts'
import { attempt } from '../attempt.ts'
import { maybeText, sameId, text } from '../cells.ts'
import { readsMetadata, seesAppMenu } from '../needs.ts'
import { appUsage } from '../tokens/app-usage.ts'
import { noAccess, readAccess } from './app-access.ts'
import type { AppSettings } from './app-settings.ts'
import { noSettings } from './app-settings.ts'
import { appUse } from './app-use.ts'
import { connectedSettings, readConnectedRows, settingsOfRow } from './connected-apps.ts'
import { externalSettings, filesOf, readExternalRows, readParts, readPolicyRows } from './external-apps.ts'

type Draft = Pick<AppFact, 'kind' | 'id' | 'name' | 'label' | 'namespace' | 'origin' | 'files' | 'created'> &
  AppSettings

interface Files {
  readonly listed: readonly Listed[]
  readonly bodies: ReadonlyMap<string, MetadataBody>
}

interface MenuItem {
  readonly id: string | null
  readonly name: string
  readonly label: string
  readonly namespace: string | null
}

const readFiles = ({ ask, own }: Collecting, type: string, withBodies: boolean): Promise<Fact<Files>> =>
  attempt(readsMetadata(type), own, async () => {
    const listed = await ask.listed(type)
    const names = listed.map(({ fullName }) => fullName)
    return { listed, bodies: withBodies ? await ask.components(type, names) : new Map<string, MetadataBody>() }
  })

const readMenu = ({ ask, own }: Collecting): Promise<Fact<readonly MenuItem[]>> =>
  attempt(seesAppMenu, own, async () => {
    const soql =
      'SELECT Name, Label, NamespacePrefix, ApplicationId FROM AppMenuItem ' +
      "WHERE Type IN ('ConnectedApplication', 'ExternalClientApplication')"
    return (await ask.rows(soql)).map((one) => ({
      id: maybeText(one, 'ApplicationId'),
      name: text(one, 'Name'),
      label: maybeText(one, 'Label') ?? '',
      namespace: maybeText(one, 'NamespacePrefix'),
    }))
  })

/** Metadata names an app of a package `namespace__Name`. */
const bare = (fullName: string, namespace: string | null): string =>
  namespace !== null && fullName.startsWith(`${namespace}__`) ? fullName.slice(namespace.length + 2) : fullName

const fileOf = (files: Fact<Files>, id: string | null, name: string | null): Listed | undefined =>
  files.is === 'unknown'
    ? undefined
    : (files.value.listed.find((one) => sameId(one.id, id)) ??
      files.value.listed.find((one) => name !== null && bare(one.fullName, one.namespace) === name))

const connectedDrafts = async (collecting: Collecting, menu: readonly MenuItem[]): Promise<Fact<readonly Draft[]>> => {
  const [rows, files] = await Promise.all([readConnectedRows(collecting), readFiles(collecting, 'ConnectedApp', true)])
  // Apps that were installed from elsewhere are in no list of metadata: without the rows they would be missing.
  if (rows.is === 'unknown') return rows
  const drafts: Draft[] = []
  const taken = new Set<string>()
  for (const row of rows.value) {
    const item = menu.find(({ id }) => sameId(id, row.id))
    const file = fileOf(files, row.id, row.name ?? item?.name ?? null)
    const body = file === undefined || files.is === 'unknown' ? undefined : files.value.bodies.get(file.fullName)
    if (file !== undefined) taken.add(file.fullName)
    const namespace = file?.namespace ?? item?.namespace ?? null
    const why =
      files.is === 'unknown' ? files : unknown('not-provisioned', 'only the org that owns the app shows its settings')
    const origin: Fact<Origin> =
      namespace !== null
        ? known('packaged')
        : files.is === 'unknown'
          ? files
          : known(file === undefined ? 'installed' : 'local')
    drafts.push({
      kind: 'connected',
      id: row.id,
      name: row.name ?? item?.name ?? row.label,
      label: row.label,
      namespace,
      origin,
      created: row.created ?? file?.created ?? null,
      files: file === undefined || body === undefined ? null : { app: file.fullName, parts: {} },
      ...(body === undefined ? settingsOfRow(row, why) : connectedSettings(body, row)),
    })
  }
  for (const { fullName, id, namespace, created } of files.is === 'known' ? files.value.listed : []) {
    if (taken.has(fullName)) continue
    const body = files.is === 'known' ? files.value.bodies.get(fullName) : undefined
    const name = bare(fullName, namespace)
    const label = typeof body?.['label'] === 'string' ? body['label'] : name
    const settings = connectedSettings(body ?? {}, undefined)
    drafts.push({
      kind: 'connected',
      id,
      name,
      label,
      namespace,
      origin: known(namespace === null ? 'local' : 'packaged'),
      created,
      files: { app: fullName, parts: {} },
      ...settings,
    })
  }
  return known(drafts)
}

const originOf = (distribution: string | null, namespace: string | null): Origin =>
  distribution === 'AutoInstalled'
    ? 'installed'
    : distribution === 'Managed' || namespace !== null
      ? 'packaged'
      : 'local'

const externalDrafts = async (collecting: Collecting, menu: readonly MenuItem[]): Promise<Fact<readonly Draft[]>> => {
  const [rows, files, parts, policies, usage] = await Promise.all([
    readExternalRows(collecting),
    readFiles(collecting, 'ExternalClientApplication', false),
    readParts(collecting),
    readPolicyRows(collecting),
    appUsage(collecting.ask, collecting.own),
  ])
  if (rows.is === 'unknown' && rows.why !== 'not-provisioned') return rows
  if (rows.is === 'unknown' && files.is === 'unknown' && usage.is === 'unknown' && files.why !== 'not-provisioned')
    return files
  const found = new Map<string, Draft>()
  const add = (id: string | null, name: string, label: string, origin: (namespace: string | null) => Origin): void => {
    const key = id?.slice(0, 15) ?? name
    if (found.has(key)) return
    const file = fileOf(files, id, name)
    const namespace = file?.namespace ?? menu.find((item) => sameId(item.id, id))?.namespace ?? null
    const row = policies.is === 'known' && id !== null ? policies.value.get(id.slice(0, 15)) : undefined
    const names = [...new Set([...(file === undefined ? [] : [file.fullName]), name])]
    const settings = externalSettings(parts, names, row)
    const own = filesOf(parts, file?.fullName)
    found.set(key, {
      kind: 'external',
      id,
      name,
      label,
      namespace,
      origin: known(origin(namespace)),
      created: file?.created ?? null,
      files: own,
      ...settings,
    })
  }
  for (const row of rows.is === 'known' ? rows.value : [])
    add(row.id, row.name, row.label, (namespace) => originOf(row.distribution, row.namespace ?? namespace))
  for (const { fullName, id, namespace } of files.is === 'known' ? files.value.listed : [])
    add(id, bare(fullName, namespace), bare(fullName, namespace), (of) => originOf(null, of))
  for (const { id, name, packaged } of usage.is === 'known' ? usage.value : [])
    if (id.startsWith('0xI')) add(id, name, name, (namespace) => originOf(packaged ? 'Managed' : null, namespace))
  return known([...found.values()])
}

const uninstalled = (name: string): Draft => ({
  kind: 'connected',
  id: null,
  name,
  label: name,
  namespace: null,
  origin: known('uninstalled'),
  ...noSettings(unknown('not-provisioned', 'the app is not installed here: only its owner knows its settings')),
})

export const collectApps: Collector<'apps'> = async (collecting) => {
  const { other } = collecting
  const menu = await readMenu(collecting)
  const items = menu.is === 'known' ? menu.value : []
  const [connected, external, access, tokens, logins] = await Promise.all([
    connectedDrafts(collecting, items),
    externalDrafts(collecting, items),
    readAccess(collecting),
    other('tokens'),
    other('logins'),
  ])
  if (connected.is === 'unknown') return connected
  // Half of the apps would look like all of them.
  if (external.is === 'unknown') return external
  const drafts = [...connected.value, ...external.value]
  const use = appUse(drafts, tokens, logins)
  const unlisted = use.unlisted.map(({ id, name }): Draft => {
    const why = unknown('not-provisioned', 'tokens lead to this app, and no list of apps shows it')
    const kind = id.startsWith('0xI') ? 'external' : 'connected'
    return { kind, id, name, label: name, namespace: null, origin: why, ...noSettings(why) }
  })
  const nobody = noAccess(unknown('not-provisioned', 'the app is not installed here: nobody can be permitted'))
  return known([
    ...[...drafts, ...unlisted].map((app): AppFact => ({ ...app, ...access(app.id), ...use.of(app) })),
    ...use.strangers.map((one): AppFact => ({ ...uninstalled(one.name), ...nobody, ...one.use })),
  ])
}
