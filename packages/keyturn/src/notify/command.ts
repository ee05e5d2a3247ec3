/**
 * A program of the operator's: the notification as JSON on its standard input, where no process list shows it; no shell;
 * an environment of named variables only, so that it never holds the master key by accident. What it prints is not read:
 * it may repeat the link.
 */
import { spawn } from 'node:child_process'
import type { Clock } from '@keyturn/tokens'
import type { Send, Sent } from './notification.ts'
import { payloadOf } from './payload.ts'

interface Command {
  readonly run: readonly string[]
  readonly env: readonly string[]
  /** Where it runs: the folder of keyturn.yaml. */
  readonly folder: string
  readonly timeout: number
}

type Environment = Readonly<Record<string, string | undefined>>

const always = ['PATH', 'HOME', 'LANG', 'TZ', 'SystemRoot', 'TEMP', 'TMP'] as const

/** No second try: how far it got is not known. */
const failed = (why: string): Sent => ({ ok: false, why, again: false, after: null })

export const command =
  ({ run, env: names, folder, timeout }: Command, env: Environment, clock: Clock): Send =>
  async (letter) => {
    const [program = '', ...args] = run
    const given = Object.fromEntries(
      [...always, ...names].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    )
    const { promise, resolve } = Promise.withResolvers<Sent>()
    const child = spawn(program, args, { cwd: folder, env: given, shell: false, stdio: ['pipe', 'ignore', 'ignore'] })
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(failed(`could not be started (${error.code ?? 'unknown'})`)),
    )
    child.on('close', (code, signal) =>
      resolve(code === 0 ? { ok: true } : failed(`ended with ${String(code ?? signal)}`)),
    )
    // It may end without reading: its exit code says how it went.
    child.stdin.on('error', () => undefined)
    child.stdin.end(payloadOf(letter))
    const done = new AbortController()
    const late = clock.sleep(timeout, done.signal).then(() => failed(`took longer than ${timeout} ms`))
    try {
      return await Promise.race([promise, late])
    } finally {
      done.abort()
      child.kill('SIGKILL')
    }
  }
