/** The queue of scripted faults: the first one that matches and fires decides what happens to a request. */
import { createHash } from 'node:crypto'
import { checkFault } from './check.ts'
import type { Fault, FaultMatch, FaultSpec } from './fault.ts'

interface Subject {
  readonly org: string
  readonly endpoint: string
  readonly path: string
  readonly method: string
  readonly grantType: string | null
  readonly app: string | null
  readonly clientId: string | null
  readonly user: string | null
  readonly token: string | null
}

export interface FaultQueue {
  add(spec: FaultSpec): Fault
  list(): readonly Fault[]
  /** By id or name; without one, all of them. */
  remove(which?: string): number
  take(subject: Subject): Fault | undefined
}

const fits = (match: FaultMatch, subject: Subject): boolean =>
  (match.org === undefined || match.org === subject.org) &&
  (match.endpoint === undefined || match.endpoint === subject.endpoint) &&
  (match.path === undefined || new RegExp(match.path).test(subject.path)) &&
  (match.method === undefined || match.method === subject.method) &&
  (match.grantType === undefined || match.grantType === subject.grantType) &&
  (match.app === undefined || match.app === subject.app || match.app === subject.clientId) &&
  (match.user === undefined || match.user === subject.user) &&
  (match.token === undefined || match.token === subject.token)

export function createFaultQueue(seed: string): FaultQueue {
  let queue: Fault[] = []
  let made = 0
  let drawn = 0
  const draw = (): number => createHash('sha256').update(`${seed}|fault|${++drawn}`).digest().readUInt32BE() / 2 ** 32
  return {
    add: (spec) => {
      checkFault(spec)
      const id = `fault-${++made}`
      const fault: Fault = { id, name: spec.name ?? id, spec, seen: 0, hits: 0 }
      queue.push(fault)
      return fault
    },
    list: () => queue,
    remove: (which) => {
      const before = queue.length
      queue = which === undefined ? [] : queue.filter((fault) => fault.id !== which && fault.name !== which)
      return before - queue.length
    },
    take: (subject) => {
      for (const [index, fault] of queue.entries()) {
        const { spec } = fault
        const limit = spec.count === 'forever' ? Infinity : (spec.count ?? 1)
        if (fault.hits >= limit || !fits(spec.match ?? {}, subject)) continue
        const seen = fault.seen + 1
        const fires =
          seen > (spec.skip ?? 0) &&
          (spec.every === undefined || (seen - (spec.skip ?? 0)) % spec.every === 0) &&
          (spec.probability === undefined || draw() < spec.probability)
        const next = { ...fault, seen, hits: fault.hits + (fires ? 1 : 0) }
        queue[index] = next
        if (fires) return next
      }
      return undefined
    },
  }
}
