/** Resident memory of a process and everything it started, as Linux counts it: the most that was seen at one moment. */
import { readdirSync, readFileSync } from 'node:fs'

interface Seen {
  readonly parent: number
  readonly megabytes: number
}

const processes = (): ReadonlyMap<number, Seen> =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const status = readFileSync(`/proc/${name}/status`, 'utf8')
          const field = (of: string): number => Number(new RegExp(`^${of}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
          return [[Number(name), { parent: field('PPid'), megabytes: field('VmRSS') / 1024 }] as const]
        } catch {
          // It ended between the two looks.
          return []
        }
      }),
  )

export const treeMegabytes = (pid: number): number => {
  const all = processes()
  const within = (one: number): boolean => {
    for (let at = one; at > 1; at = all.get(at)?.parent ?? 0) if (at === pid) return true
    return false
  }
  return [...all].reduce((sum, [one, { megabytes }]) => sum + (within(one) ? megabytes : 0), 0)
}
