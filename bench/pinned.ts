/**
 * Who computes where: the server that is measured has one core for itself, the load and what stands behind the server
 * share another one. Without `taskset` or a second core nothing is pinned, and the figures say less.
 */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'

export const SERVER_CORE = 0
export const LOAD_CORE = 1

const canPin = ((): boolean => {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return availableParallelism() > LOAD_CORE
  } catch {
    return false
  }
})()
if (!canPin) process.stderr.write('  NOT PINNED: no taskset or a single core; servers and load disturb each other\n')

/** A command and its arguments that run on one core. */
export const onCore = (core: number, command: readonly string[]): readonly [string, ...string[]] => {
  const [first = '', ...rest] = command
  return canPin ? ['taskset', '-c', String(core), first, ...rest] : [first, ...rest]
}

/** This process, all its threads. */
export const pinSelf = (core: number): void => {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' })
}

export interface Pinned {
  readonly pid: number
  ask<T>(verb: string, data?: unknown): Promise<T>
  /** Seconds of CPU time so far. */
  cpu(): number
  close(): Promise<void>
}

/** A script of this folder that answers `{ id, verb, data }` over IPC (answering.ts) and says once that it is ready. */
export const startPinned = async (core: number, script: string, flags: readonly string[] = []): Promise<Pinned> => {
  const [command, ...args] = onCore(core, [process.execPath, ...flags, join(import.meta.dirname, script)])
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(child, 'message')
  const waiting = new Map<number, (data: unknown) => void>()
  child.on('message', ({ id, data }: { id: number; data: unknown }) => {
    waiting.get(id)?.(data)
    waiting.delete(id)
  })
  let asked = 0
  return {
    pid: child.pid ?? 0,
    ask: <T>(verb: string, data: unknown = null) =>
      new Promise<T>((resolve) => {
        const id = ++asked
        waiting.set(id, resolve as (data: unknown) => void)
        child.send({ id, verb, data })
      }),
    cpu: () => cpuOf(child.pid ?? 0),
    close: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** User and system time of a process in seconds (proc(5): fields 14 and 15 of stat, in ticks of 10 ms). */
export const cpuOf = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}
