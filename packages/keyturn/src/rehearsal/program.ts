/**
 * CMD as processes: started in a group of its own, so that everything it starts can be ended with it; killed, stopped,
 * waited for. What it prints decides nothing; it is shown on demand, with every secret of the org blanked out.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'

interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

export interface Run {
  /** Resolves when the process has ended, with all that it started. */
  readonly ended: Promise<void>
  readonly isOver: () => boolean
  /** kill -9, the whole group. */
  kill(): Promise<void>
  /** Asks it to end, and insists after a while. */
  stop(): Promise<void>
}

interface Starter {
  start(command: Command): Promise<Run>
  /** At once and without waiting: for the end by a signal. */
  killAll(): void
}

const PATIENCE = 5_000

export const starter = (clock: Clock, show: ((line: string) => void) | null): Starter => {
  const running = new Set<() => void>()

  const start = async ({ file, args, cwd, env }: Command): Promise<Run> => {
    const grouped = process.platform !== 'win32'
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['ignore', show === null ? 'ignore' : 'pipe', show === null ? 'ignore' : 'pipe'],
      detached: grouped,
      windowsHide: true,
    })
    let over = false
    const killGroup = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined) return
      try {
        if (grouped) process.kill(-child.pid, signal)
        else child.kill(signal)
      } catch (error) {
        // Nobody of the group is left.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    const insist = (): void => killGroup('SIGKILL')
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        over = true
        running.delete(insist)
        // What it left in the background would go on calling the next phase's org.
        insist()
        resolve()
      })
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error: NodeJS.ErrnoException) => {
        const found = error.code === 'ENOENT' ? 'was not found' : `cannot be started (${error.code ?? 'unknown'})`
        reject(
          new KeyturnError('BAD_ARGUMENT', `The program ${found}`, {
            fix: 'Name a program in PATH after the two dashes: keyturn rehearse -- PROGRAM ARGUMENTS',
          }),
        )
      })
    })
    running.add(insist)
    child.on('error', () => undefined)
    if (show !== null) for (const stream of [child.stdout, child.stderr]) tell(stream, show)
    return {
      ended,
      isOver: () => over,
      kill: async () => {
        insist()
        await ended
      },
      stop: async () => {
        killGroup('SIGTERM')
        const patience = new AbortController()
        await Promise.race([ended, clock.sleep(PATIENCE, patience.signal)])
        patience.abort()
        if (!over) insist()
        await ended
      },
    }
  }

  return {
    start,
    killAll: () => {
      for (const insist of running) insist()
    },
  }
}

const tell = (stream: Readable | null, show: (line: string) => void): void => {
  if (stream !== null) createInterface({ input: stream }).on('line', show)
}
