/** nginx with one worker and a configuration of its own in a temporary folder. Null, and a loud word, where there is none. */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/free-port.ts'
import { cpuOf, onCore } from './pinned.ts'

export interface Nginx {
  readonly version: string
  readonly port: number
  cpu(): number
  close(): Promise<void>
}

const binary = ['nginx', '/usr/sbin/nginx'].find((name) => {
  try {
    execFileSync(name, ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

const configuration = (folder: string, port: number, upstream: number): string => `
daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s;
  client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  upstream org { server 127.0.0.1:${upstream}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://org; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_max_temp_file_size 0;
    }
  }
}
`

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

export const startNginx = async (core: number, upstream: number): Promise<Nginx | null> => {
  if (binary === undefined) {
    process.stderr.write('  LEFT OUT: nginx is not installed (Debian: apt-get install nginx-light)\n')
    return null
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-nginx-'))
  const port = await freePort()
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, upstream))
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
  const [command, ...rest] = onCore(core, [binary, ...args])
  const child: ChildProcess = spawn(command, rest, { stdio: 'inherit' })
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries === 100 || child.exitCode !== null) {
      throw new Error(`nginx did not start: ${readFileSync(join(folder, 'error.log'), 'utf8').slice(-300)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const [, version = ''] =
    /nginx\/(\S+)/.exec(execFileSync('sh', ['-c', `${binary} -v 2>&1`], { encoding: 'utf8' })) ?? []
  return {
    version,
    port,
    cpu: () => cpuOf(child.pid ?? 0),
    close: async () => {
      child.kill()
      await once(child, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}
