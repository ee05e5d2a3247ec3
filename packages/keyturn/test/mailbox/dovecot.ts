/**
 * A real Dovecot (Debian's dovecot-imapd) with a configuration of its own in a temporary folder, on loopback ports, as
 * whoever runs the test. Mail is put into its maildirs, whose file times it tells as INTERNALDATE. A relay before it
 * counts commands and can cut connections.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../../../test/free-port.ts'
import { makeAuthority, makeCertificate } from '../../../tokens/test/wire/certificates.ts'

const program = '/usr/sbin/dovecot'
const imapProgram = '/usr/lib/dovecot/imap'

/** The reason to skip; false: it is there. */
export const noDovecot: string | false =
  existsSync(program) && existsSync(imapProgram)
    ? false
    : 'Dovecot is not installed (apt-get install dovecot-imapd): IMAP is NOT tested here'

export const mailUser = 'rotations@mail.example'
export const mailPassword = 'canary-mailbox-password-4711'
export const mailToken = 'canary-mailbox-oauth-token-4711'

export interface Dovecot {
  /** Plain, through the relay. */
  readonly port: number
  readonly tlsPort: number
  readonly caFile: string
  readonly folder: string
  deliver(raw: Uint8Array | string, options?: { readonly folder?: string; readonly at?: number }): void
  /** File names of that folder. */
  mails(folder?: string): readonly string[]
  /** Commands that clients sent through the relay so far, such as `UID SEARCH`. */
  commands(): readonly string[]
  cut(): void
  restart(): Promise<void>
  log(): string
}

/** Polls until it is so; a limit, no luck. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> => {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come to pass: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('data', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })

/** Says of one access token that it is good, as an authorisation server does (RFC 7662). */
const introspection = async (t: TestContext): Promise<number> => {
  const server = createHttp((request, response) => {
    const good = request.headers.authorization === `Bearer ${mailToken}`
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(good ? { active: true, username: mailUser } : { active: false }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

interface Relay {
  readonly port: number
  readonly commands: string[]
  cut(): void
}

const relay = async (t: TestContext, to: number): Promise<Relay> => {
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: to })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => (sockets.delete(socket), client.destroy(), upstream.destroy()))
    }
    client.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString('latin1').split('\r\n')) {
        const command = /^\w+ ((?:UID )?[A-Z]+)/.exec(line)?.[1] ?? (line === 'DONE' ? line : undefined)
        if (command !== undefined) commands.push(command)
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => client.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => (cut(), server.close()))
  return { port: (server.address() as AddressInfo).port, commands, cut }
}

export const startDovecot = async (t: TestContext, { idle = true } = {}): Promise<Dovecot> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-dovecot-'))
  const root = process.getuid?.() === 0
  const { username, gid } = userInfo()
  const group = spawnSync('id', ['-gn']).stdout.toString().trim()
  // Dovecot reads no mail as root.
  const [uid, mailGid] = root ? [65_534, 65_534] : [process.getuid?.() ?? 0, gid]
  const own = (path: string): void => (root ? chownSync(path, uid, mailGid) : undefined)
  chmodSync(folder, 0o755)
  const [plain, tls, oauth] = [await freePort(), await freePort(), await introspection(t)]
  const authority = makeAuthority()
  const { pem: cert, key } = makeCertificate(authority, '127.0.0.1', 'localhost')
  const write = (name: string, text: string, mode = 0o644): string => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode })
    return path
  }
  const caFile = write('ca.pem', authority.pem)
  const home = join(folder, 'mail')
  const makeDir = (path: string): void => {
    mkdirSync(path, { recursive: true })
    own(path)
  }
  const place = (name: string): string => (name === 'INBOX' ? home : join(home, `.${name}`))
  const makeFolder = (name: string): void => {
    for (const part of ['', 'cur', 'new', 'tmp']) makeDir(join(place(name), part))
  }
  makeFolder('INBOX')
  makeFolder('Junk')
  const oauthFile = write(
    'oauth2.conf',
    `introspection_url = http://127.0.0.1:${oauth}/\nintrospection_mode = auth\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n`,
  )
  const config = write(
    'dovecot.conf',
    `protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
default_internal_user = ${root ? 'dovecot' : username}
default_login_user = ${root ? 'dovenull' : username}
${root ? '' : `default_internal_group = ${group}\n`}first_valid_uid = ${uid}
first_valid_gid = 0
last_valid_uid = 0
mail_location = maildir:${home}
ssl = yes
ssl_cert = <${write('cert.pem', cert)}
ssl_key = <${write('key.pem', key, 0o600)}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0 secs
auth_verbose = yes
${idle ? '' : 'imap_capability = IMAP4rev1 SASL-IR LITERAL+ ENABLE UIDPLUS MOVE UNSELECT\n'}passdb {
  driver = passwd-file
  args = username_format=%u ${write('users', `${mailUser}:{PLAIN}${mailPassword}\n`)}
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${oauthFile}
}
userdb {
  driver = static
  args = uid=${uid} gid=${mailGid} home=${home} allow_all_users=yes
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${plain}
  }
  inet_listener imaps {
    port = ${tls}
    ssl = yes
  }
}
service anvil {
  chroot =
}
`,
  )
  let child: ChildProcess | null = null
  const logText = (): string => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '')
  const start = async (): Promise<void> => {
    const started = spawn(program, ['-F', '-c', config], { stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    let said = ''
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await until('Dovecot answers', () => {
      if (started.exitCode !== null) throw new Error(`Dovecot ended: ${said}${logText()}`)
      return answers(plain)
    })
  }
  const stop = async (): Promise<void> => {
    const running = child
    child = null
    if (running === null || running.exitCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGTERM')
    await ended
  }
  t.after(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  const between = await relay(t, plain)
  let count = 0
  return {
    port: between.port,
    tlsPort: tls,
    caFile,
    folder,
    deliver(raw, { folder: name = 'INBOX', at } = {}) {
      const file = `${1_700_000_000 + (count += 1)}.M${count}P${process.pid}.test`
      const fresh = join(place(name), 'tmp', file)
      writeFileSync(fresh, raw)
      own(fresh)
      if (at !== undefined) utimesSync(fresh, at / 1000, at / 1000)
      renameSync(fresh, join(place(name), 'new', file))
    },
    mails: (name = 'INBOX') =>
      existsSync(place(name)) ? ['new', 'cur'].flatMap((part) => readdirSync(join(place(name), part))) : [],
    commands: () => between.commands,
    cut: () => between.cut(),
    async restart() {
      await stop()
      await start()
    },
    log: logText,
  }
}
