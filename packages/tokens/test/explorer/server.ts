/**
 * The authorisation server of the world, in all the variants that Salesforce's documents and what was observed of it
 * allow: reuse that kills or only rejects, cascades over a family or over user and app, a lock while a request is
 * processed, a lock error that revokes, rotation switched off.
 */
import { judgeReuse } from './properties.ts'
import {
  familyOf,
  item,
  lineageOf,
  numberOf,
  replaced,
  type Answer,
  type Configuration,
  type Exchange,
  type Family,
  type World,
} from './world.ts'

const change = (world: World, f: number, change: Partial<Family>): World => ({
  ...world,
  families: replaced(world.families, f, { ...item(world.families, f), ...change }),
})

const named = (world: World): ReadonlySet<number> => {
  const set = new Set<number>([world.person.at])
  const answer = (a: Answer | null): void => {
    if (a !== null && (a.kind === 'ok' || a.kind === 'half')) set.add(a.at)
  }
  for (const g of [...world.grants, ...(world.snapshot ?? [])]) set.add(g.at).add(g.ownAt)
  for (const e of world.exchanges) {
    answer(e.answer)
    answer(e.heard)
  }
  for (const j of world.journal) answer(j.answer)
  for (const m of world.mints) set.add(m.at)
  return set
}

/** A new access token; those nobody names any more are forgotten. */
export const issue = (world: World, family: number): { world: World; at: number } => {
  const at = world.ids
  const known = named(world)
  const living = [...world.living.filter((one) => known.has(one.at)), { at, family }]
  return { world: { ...world, ids: at + 1, living }, at }
}

export const kill = (world: World, families: readonly number[], spares: boolean): World => ({
  ...world,
  families: world.families.map((f, index) => (families.includes(index) && f.alive ? { ...f, alive: false } : f)),
  living: world.living.filter((one) => !families.includes(one.family) && !(spares && one.family === -2)),
  working: spares ? world.working.filter((name) => !name.startsWith('same')) : world.working,
})

export const expireToken = (world: World, at: number): World => ({
  ...world,
  living: world.living.filter((one) => one.at !== at),
})

const cascadeOf = (world: World, f: number, configuration: Configuration): readonly number[] =>
  configuration.cascade === 'user-app' ? world.families.map((_, index) => index) : [f]

/** Salesforce looks at the token: what it does and answers. `ours` is null for a request that isn't from us. */
export const look = (
  world: World,
  lineage: string,
  ours: Exchange | null,
  configuration: Configuration,
): { world: World; answer: Answer } => {
  const f = familyOf(lineage)
  const family = item(world.families, f)
  if (!family.alive) return { world, answer: { kind: 'refused' } }
  if (numberOf(lineage) !== family.cur) {
    if (configuration.reuse === 'lenient') return { world, answer: { kind: 'refused' } }
    const families = cascadeOf(world, f, configuration)
    const spares = configuration.cascade === 'user-app'
    const judged = ours === null ? world : judgeReuse(world, ours, families, spares)
    return { world: kill(judged, families, spares), answer: { kind: 'refused' } }
  }
  const issued = issue(world, f)
  if (configuration.rotation === false)
    return { world: issued.world, answer: { kind: 'ok', next: null, at: issued.at } }
  const next = change(issued.world, f, { cur: family.cur + 1, delivered: false })
  return { world: next, answer: { kind: 'ok', next: lineageOf(f, family.cur + 1), at: issued.at } }
}

/** Is this request to wait behind another that is being processed? */
export const isLocked = (world: World, exchange: Exchange, configuration: Configuration): boolean =>
  world.exchanges.some(
    (other) =>
      other.id !== exchange.id &&
      other.request === 'processing' &&
      (configuration.lock === 'app' || other.lineage === exchange.lineage),
  )

export const lockError = (world: World, exchange: Exchange, configuration: Configuration): World => {
  if (configuration.lockErrorRevokes !== true) return world
  const f = familyOf(exchange.lineage)
  return kill(change(world, f, { tainted: true }), [f], false)
}

export const taint = (world: World, lineage: string): World => change(world, familyOf(lineage), { tainted: true })

export const deliver = (world: World, lineage: string): World => {
  const f = familyOf(lineage)
  return item(world.families, f).cur === numberOf(lineage) ? change(world, f, { delivered: true }) : world
}

/** A code is exchanged: a family of its own. */
export const authorise = (
  world: World,
  rec: number,
  configuration: Configuration,
): { world: World; lineage: string; at: number } => {
  const old = configuration.newKillsOld === true ? world.families.map((_, index) => index) : []
  const before = kill(world, old, false)
  const f = before.families.length
  const family: Family = { alive: true, cur: 0, delivered: false, tainted: false, rec }
  const issued = issue({ ...before, families: [...before.families, family] }, f)
  return { world: issued.world, lineage: lineageOf(f, 0), at: issued.at }
}
