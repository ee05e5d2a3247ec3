/**
 * In which order rotation is switched on, what stands in the way of each app, who has to do something, and what. Pure.
 * Apps whose clients are all ready come first; then those with the fewest blockers, and of these the least used.
 */
import { everyUserOf } from './client-id.ts'
import type { Inventory } from './inventory.ts'
import { judgeApp, proofIndex } from './readiness.ts'
import type { JudgedApp, JudgedClient, Proofs } from './readiness.ts'

export type Stage =
  /** Rotates already. */
  | 'on'
  /** May be switched on now. */
  | 'ready'
  /** Clients are in the way. */
  | 'waiting'
  /** Only its owner can switch it: an app of a package, or of another org. */
  | 'foreign'
  /** Nobody gets in, with or without rotation. */
  | 'blocked'
  /** What it is, or whether it rotates, could not be read. */
  | 'unknown'

export interface PlannedApp extends JudgedApp {
  readonly stage: Stage
  /** Clients in the way, the surest first. */
  readonly blockers: readonly JudgedClient[]
  /** Who has to do something; null: a client nobody answers for. */
  readonly owners: readonly (string | null)[]
  readonly steps: readonly string[]
}

const planFormat = 'keyturn-rtr/1'

export interface RtrPlan {
  readonly format: typeof planFormat
  readonly org: Inventory['org']
  readonly takenAt: number
  readonly judgedAt: number
  readonly days: number | null
  readonly apps: readonly PlannedApp[]
  readonly blind: readonly string[]
  readonly counts: Readonly<Record<Stage, number>> & {
    readonly clients: number
    readonly readyClients: number
    readonly brokenClients: number
    readonly unknownClients: number
  }
}

/** How Keyturn is started, and the grant that looks, as commands name them; null: a placeholder, for an offline plan. */
export interface Words {
  readonly bin: string
  readonly grant: string | null
}

/** For a POSIX shell; a name that needs no quotes stays as it is. */
export const quoted = (text: string): string =>
  /^[A-Za-z0-9@._:+/%-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

const stageOf = ({ rotation, origin, blocked, readiness }: JudgedApp): Stage =>
  blocked === true
    ? 'blocked'
    : rotation === true
      ? 'on'
      : origin !== null && origin !== 'local'
        ? 'foreign'
        : rotation === null || origin === null
          ? 'unknown'
          : readiness === 'ready'
            ? 'ready'
            : 'waiting'

const someUsers = (clients: readonly JudgedClient[]): string => {
  const names = clients.slice(0, 3).map(({ user }) => user)
  return clients.length > 3 ? `${names.join(', ')} and ${clients.length - 3} more` : names.join(', ')
}

/** What has to happen with clients of one program: in one sentence, with the commands. */
const todoOf = (clients: readonly JudgedClient[], words: Words): string => {
  const [first] = clients
  if (first === undefined) return ''
  const { readiness, program, kind } = first
  const id = quoted(clients.length === 1 ? first.id : everyUserOf(first.id))
  const [newest] = first.versions
  const version = newest === undefined ? '' : ` --client-version ${quoted(newest.version)}`
  const rehearse = `\`${words.bin} rehearse --record ${id}${version} -- COMMAND\``
  const declare = `\`${words.bin} rtr ready ${words.grant ?? 'NAME'} ${id} --owner OWNER --reason REASON\``
  if (program === 'unseen') {
    const used = clients.flatMap(({ last }) => last ?? [])
    const last = used.length === 0 ? '' : ` (last used ${new Date(Math.max(...used)).toISOString().slice(0, 10)})`
    return `Find out who holds ${clients.length === 1 ? 'a refresh token' : 'refresh tokens'} of ${someUsers(clients)}: no login that uses ${clients.length === 1 ? 'it' : 'them'} was seen${last}. Revoke what nobody misses; for the rest somebody answers: ${declare}.`
  }
  const advice = kind === null || kind.advice === '' ? '' : `${kind.advice} `
  if (readiness === 'not-ready')
    return `${advice === '' ? 'Mend it, or put it behind the broker. ' : advice}Then ${rehearse}.`
  if (clients.every(({ evidence }) => evidence.some(({ source }) => source === 'sharing')))
    return `${advice}Give each host a grant of its own; or, where it is one program that moves, show that it survives: ${rehearse}, and answer for that: ${declare}.`
  return `${advice}Show that ${program === 'unnamed' ? 'it' : program} survives: ${rehearse}; or answer for it: ${declare}.`
}

const byProgram = (clients: readonly JudgedClient[]): readonly (readonly JudgedClient[])[] => {
  const groups = new Map<string, JudgedClient[]>()
  for (const one of clients) {
    const key = `${one.program}\0${one.readiness}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

const mostTodos = 5

const stepsOf = (stage: Stage, app: JudgedApp, blockers: readonly JudgedClient[], words: Words): readonly string[] => {
  const command = (verb: string, more = ''): string =>
    `\`${words.bin} rtr ${verb} ${words.grant ?? 'NAME'} ${quoted(app.subject)}${more}\``
  const todos = byProgram(blockers)
  switch (stage) {
    case 'on':
      return blockers.length === 0
        ? []
        : [
            `It rotates already: whoever is not ready loses access at the second refresh. Watch it with ${command('status').replace(` ${quoted(app.subject)}`, '')}.`,
          ]
    case 'ready':
      return [`Switch it on: ${command('enable', ' --watch 24h')}.`]
    case 'waiting':
      return [
        ...(blockers.length === 0 ? [] : [`Tell the owners: ${command('notice')}.`]),
        ...todos.slice(0, mostTodos).map((group) => todoOf(group, words)),
        ...(todos.length > mostTodos ? [`… and ${todos.length - mostTodos} more programs.`] : []),
        ...app.blind.map((one) => `Make readable: ${one}.`),
        `Then switch it on: ${command('enable', ' --watch 24h')}.`,
      ]
    case 'foreign':
      return app.origin === 'uninstalled'
        ? [
            `Nobody installed it here: install it, so that policies apply, or block it: Setup → Connected Apps OAuth Usage.`,
            `Ask its maker for rotation: ${command('notice')}.`,
          ]
        : [
            `Ask its maker for rotation: ${command('notice')}.`,
            `Until then limit it by policy: ${command('limit')}; or block it: ${command('limit', ' --block')}.`,
          ]
    case 'blocked':
      return []
    case 'unknown':
      return ['Let the auditor’s user read the metadata of apps; then ask again.']
  }
}

const stages: readonly Stage[] = ['ready', 'waiting', 'unknown', 'foreign', 'on', 'blocked']

const byOrder = (a: PlannedApp, b: PlannedApp): number =>
  stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
  a.blockers.length - b.blockers.length ||
  (a.users ?? Infinity) - (b.users ?? Infinity) ||
  (a.tokens ?? Infinity) - (b.tokens ?? Infinity) ||
  (a.subject < b.subject ? -1 : 1)

const countsOf = (apps: readonly PlannedApp[]): RtrPlan['counts'] => {
  const clients = apps.flatMap((one) => one.clients)
  const of = (readiness: JudgedClient['readiness']): number =>
    clients.filter((one) => one.readiness === readiness).length
  const at = (stage: Stage): number => apps.filter((one) => one.stage === stage).length
  return {
    on: at('on'),
    ready: at('ready'),
    waiting: at('waiting'),
    foreign: at('foreign'),
    blocked: at('blocked'),
    unknown: at('unknown'),
    clients: clients.length,
    readyClients: of('ready'),
    brokenClients: of('not-ready'),
    unknownClients: of('unknown'),
  }
}

/** The same plan, of one app alone. */
export const planOfApp = (plan: RtrPlan, app: PlannedApp): RtrPlan => ({
  ...plan,
  apps: [app],
  counts: countsOf([app]),
})

export const planOf = (seen: Inventory, proofs: Proofs, judgedAt: number, words: Words): RtrPlan => {
  const index = proofIndex(proofs)
  const apps = seen.apps
    .map((one): PlannedApp => {
      const app = judgeApp(one, index, judgedAt, seen.blind)
      const stage = stageOf(app)
      const blockers = app.clients
        .filter(({ readiness }) => readiness !== 'ready')
        .toSorted((a, b) => (a.readiness === b.readiness ? 0 : a.readiness === 'not-ready' ? -1 : 1))
      const owners = [...new Set(blockers.map(({ owner }) => owner))]
      return { ...app, stage, blockers, owners, steps: stepsOf(stage, app, blockers, words) }
    })
    .sort(byOrder)
  return {
    format: planFormat,
    org: seen.org,
    takenAt: seen.takenAt,
    judgedAt,
    days: seen.days,
    apps,
    blind: seen.blind,
    counts: countsOf(apps),
  }
}
