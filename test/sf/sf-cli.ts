/**
 * The unmodified sf CLI, each time in a process of its own, with a home folder and a working folder that belong to one
 * test. `npm run test:sf` installs it and names its entry in KEYTURN_SF.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Simulator } from '@keyturn/simulator'

export const keyturnPackage = fileURLToPath(new URL('../../packages/keyturn', import.meta.url))
const keyturnBin = join(keyturnPackage, 'bin', 'keyturn.js')

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What `sf … --json` prints; a failure has `name` and `message` instead of `result`. */
export interface SfAnswer {
  readonly status: number
  readonly name?: string
  readonly message?: string
  // oxlint-disable-next-line typescript/no-explicit-any -- each command has a shape of its own, which its test asserts
  readonly result: any
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

export interface Workplace {
  /** The working folder; the home folder is beside it. */
  readonly folder: string
  readonly home: string
  /** Files with a login in them. */
  logins(): readonly string[]
  sf(args: readonly string[], options?: Options): Promise<Ran>
  sfJson(args: readonly string[], options?: Options): Promise<SfAnswer>
  keyturn(args: readonly string[], options?: Options): Promise<Ran>
  /** The JSON that a `keyturn` command printed; the command must have gone well. */
  keyturnJson(args: readonly string[], options?: Options): Promise<any> // oxlint-disable-line typescript/no-explicit-any -- as above
}

const entryOfSf = (): string => {
  const entry = process.env['KEYTURN_SF']
  assert.ok(entry !== undefined && existsSync(entry), 'run this with `npm run test:sf`, which installs the sf CLI')
  return entry
}

const kept = ['PATH', 'LANG', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'] as const

export const makeWorkplace = (t: TestContext, entry = entryOfSf()): Workplace => {
  const root = mkdtempSync(join(tmpdir(), 'sf-'))
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }))
  const [home, folder, bin] = ['home', 'work', 'bin'].map((name) => join(root, name)) as [string, string, string]
  for (const path of [home, folder, bin]) mkdirSync(path)
  // `sf` as a program in PATH, for `keyturn exec NAME -- sf …`, and because sf starts itself for its caches.
  writeFileSync(join(bin, 'sf'), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`)
  chmodSync(join(bin, 'sf'), 0o755)
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    PATH: [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    NO_COLOR: '1',
    SF_DISABLE_TELEMETRY: 'true',
    SF_AUTOUPDATE_DISABLE: 'true',
    SF_SKIP_NEW_VERSION_CHECK: 'true',
    SF_DISABLE_LOG_FILE: 'true',
    SF_DOMAIN_RETRY: '0',
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
  }
  const run = (script: string, args: readonly string[], options: Options = {}): Promise<Ran> => {
    const child = spawn(process.execPath, [script, ...args], { cwd: folder, env: { ...env, ...options.env } })
    t.after(() => void child.kill('SIGKILL'))
    const ran = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => (ran[stream] += text))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin ?? '')
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, ...ran }))
    })
  }
  const parsed = ({ stdout, stderr }: Ran): SfAnswer => {
    try {
      return JSON.parse(stdout) as SfAnswer
    } catch {
      throw new Error(`no JSON on stdout:\n${stdout}${stderr}`)
    }
  }
  const state = join(home, '.sfdx')
  return {
    folder,
    home,
    logins: () => (existsSync(state) ? readdirSync(state).filter((name) => /@.*\.json$/.test(name)) : []),
    sf: (args, options) => run(entry, args, options),
    sfJson: async (args, options) => parsed(await run(entry, [...args, '--json'], options)),
    keyturn: (args, options) => run(keyturnBin, args, options),
    keyturnJson: async (args, options) => {
      const ran = await run(keyturnBin, [...args, '--json'], options)
      assert.equal(ran.code, 0, ran.stdout + ran.stderr)
      return parsed(ran)
    },
  }
}

/** The first org by the name that sf takes without complaint about its host. */
export const localhost = (sim: Simulator): string => `http://localhost:${sim.port}`

/** How often the token endpoint was asked. */
export const tokenPosts = (sim: Simulator): number =>
  sim.control.requests().filter(({ endpoint }) => endpoint === 'token').length

/** An sf answer that must be a success. */
export const good = ({ status, result, message }: SfAnswer): SfAnswer['result'] => {
  assert.equal(status, 0, message)
  return result
}
