/** All or nothing, with what the org keeps in memory beside its database. */
import { forgetApps } from '../state/apps.ts'
import type { Org } from '../state/org.ts'

let depth = 0

interface Attempt<T> {
  readonly value: T
  /** False: as if nothing had happened. */
  readonly keep: boolean
}

/** Runs `work` and undoes it if it throws or says so. */
export function attempt<T>(org: Org, work: () => Attempt<T>): T {
  const name = `metadata_${++depth}`
  org.db.exec(`SAVEPOINT ${name}`)
  let done: Attempt<T>
  try {
    done = work()
  } catch (error) {
    undo(org, name)
    throw error
  } finally {
    depth -= 1
  }
  if (done.keep) org.db.exec(`RELEASE ${name}`)
  else undo(org, name)
  return done.value
}

function undo(org: Org, name: string): void {
  org.db.exec(`ROLLBACK TO ${name}; RELEASE ${name}`)
  org.reload()
  // The ids that were given out meanwhile stay given out.
  org.settle()
  forgetApps(org)
}
