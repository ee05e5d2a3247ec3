/** Runs a program in our place: its streams are ours, signals go to it, and we end as it ended. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { KeyturnError } from '@keyturn/tokens'

const passed: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']

interface Ended {
  readonly code: number
  readonly signal: NodeJS.Signals | null
}

export const runChild = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    const forward = (signal: NodeJS.Signals): void => {
      // A terminal sends Ctrl-C to the whole process group: the child has had it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const settle = (): void => {
      for (const signal of passed) process.off(signal, forward)
    }
    for (const signal of passed) process.on(signal, forward)
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle()
      const found = error.code === 'ENOENT' ? 'was not found' : `cannot be started (${error.code ?? 'unknown'})`
      reject(
        new KeyturnError('BAD_ARGUMENT', `${command} ${found}`, {
          fix: 'Name a program in PATH after the two dashes: keyturn exec NAME -- PROGRAM ARGUMENTS',
        }),
      )
    })
    child.once('exit', (code, signal) => {
      settle()
      resolve({ code: code ?? 128 + (signal === null ? 1 : constants.signals[signal]), signal })
    })
  })
