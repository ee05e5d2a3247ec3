/** Saving a simulator to a folder (one database per org) and loading it into a running one. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SimEvent } from '../oracle/events.ts'
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

export function save(sim: Simulation, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const events = Map.groupBy(sim.log.all(), (event) => event.org)
  for (const org of sim.orgs) {
    org.db.exec('BEGIN; DELETE FROM sim_event')
    for (const event of events.get(org.name) ?? []) keepEvent(org, event)
    org.settle()
    org
      .sql(
        `INSERT INTO sim_meta (name, value) VALUES ('clock', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      )
      .run(String(sim.clock.offset()))
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
  sim.log.replace(eventsOf(sim.orgs))
  const offset = sim.orgs[0]?.sql(`SELECT value FROM sim_meta WHERE name = 'clock'`).get()?.['value']
  if (offset !== undefined) sim.clock.advance(Number(offset) - sim.clock.offset())
}
