/** Saving a simulator to a folder (one database per org) and loading it into a running one. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SimEvent } from '../oracle/events.ts'
import { nothingSeen, standingFrom, standingText } from '../oracle/standing.ts'
import type { Standing } from '../oracle/standing.ts'
import type { Simulation } from '../simulation.ts'
import { forgetApps } from '../state/apps.ts'
import type { Org } from '../state/org.ts'

export const fileOf = (folder: string, org: string): string => join(folder, `${org}.sqlite`)

const insertEvent = 'INSERT OR REPLACE INTO sim_event (n, json) VALUES (?, ?)'

export const keepEvent = (org: Org, event: SimEvent): void => {
  org.sql(insertEvent).run(event.n, JSON.stringify(event))
}

export const eventsOf = (orgs: readonly Org[]): readonly SimEvent[] =>
  orgs
    .flatMap((org) => org.sql('SELECT json FROM sim_event ORDER BY n').all())
    .map((row) => JSON.parse(String(row['json'])) as SimEvent)
    .toSorted((a, b) => a.n - b.n)

/** The standing is the simulator's, not an org's; it lies in the first one's file. */
export function pastOf(orgs: readonly Org[]): Standing {
  const text = orgs[0]?.meta('past')
  return text === undefined ? nothingSeen() : standingFrom(text)
}

/** First what is known of the events, then the events: a crash in between leaves some that are known already. */
export function forgetEvents(orgs: readonly Org[], past: Standing): void {
  orgs[0]?.setMeta('past', standingText(past))
  for (const org of orgs) org.sql('DELETE FROM sim_event WHERE n <= ?').run(past.upTo)
}

export const keepClock = (org: Org, offset: number): void => org.setMeta('clock', String(offset))

export function keptClock(org: Org): number | undefined {
  const text = org.meta('clock')
  return text === undefined ? undefined : Number(text)
}

export function save(sim: Simulation, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const events = Map.groupBy(sim.log.all(), (event) => event.org)
  for (const [index, org] of sim.orgs.entries()) {
    org.db.exec('BEGIN; DELETE FROM sim_event')
    for (const event of events.get(org.name) ?? []) keepEvent(org, event)
    org.settle()
    if (index === 0) org.setMeta('past', standingText(sim.log.past()))
    keepClock(org, sim.clock.offset())
    org.db.exec('COMMIT')
    rmSync(fileOf(folder, org.name), { force: true })
    org.sql('VACUUM INTO ?').run(fileOf(folder, org.name))
  }
}

/** Puts the saved rows in the place of the present ones; the listeners, ports and prepared statements stay. */
export function load(sim: Simulation, folder: string): void {
  for (const org of sim.orgs) {
    const file = fileOf(folder, org.name)
    if (!existsSync(file)) throw new Error(`No saved org "${org.name}" in ${folder}`)
    org.db.prepare('ATTACH ? AS saved').run(file)
    const saved = org.db.prepare(`SELECT value FROM saved.sim_meta WHERE name = 'org'`).get()?.['value']
    if (saved !== org.id) {
      org.db.exec('DETACH saved')
      throw new Error(
        `The saved org "${org.name}" is ${String(saved)}, this one is ${org.id}: start with the seed it was saved under`,
      )
    }
    const tables = org.db
      .prepare(`SELECT name FROM saved.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .all()
    // Deleting a session row would end the session: triggers are for the living.
    const triggers = org.db.prepare(`SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'`).all()
    org.db.exec('BEGIN')
    for (const { name } of triggers) org.db.exec(`DROP TRIGGER main."${String(name)}"`)
    for (const { name } of tables) {
      const table = `"${String(name)}"`
      const columns = org.db
        .prepare(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0`)
        .all(String(name))
        .map((row) => `"${String(row['name'])}"`)
        .join(', ')
      org.db.exec(
        `DELETE FROM main.${table}; INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM saved.${table}`,
      )
    }
    for (const { sql } of triggers) org.db.exec(String(sql))
    org.db.exec('COMMIT')
    org.db.exec('DETACH saved')
    org.reload()
    forgetApps(org)
  }
  sim.log.replace(eventsOf(sim.orgs), pastOf(sim.orgs))
  const offset = sim.orgs[0] === undefined ? undefined : keptClock(sim.orgs[0])
  if (offset !== undefined) sim.clock.advance(offset - sim.clock.offset())
}
