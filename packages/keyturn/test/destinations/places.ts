/** Every kind of destination, ready to be written to: files in a temporary folder, services on loopback. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'
import { destinationKinds } from '../../src/destinations/destination-kinds.ts'
import { awsCredentials, awsServer } from './aws-server.ts'
import { clusterServer, kubeconfig } from './cluster-server.ts'
import { githubServer } from './github-server.ts'
import { openOne } from './place.ts'
import type { Place, PlaceKind } from './place.ts'
import { vaultServer } from './vault-server.ts'

export const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-destination-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const names: Readonly<Record<string, string>> = { password: 'SF_PASSWORD', username: 'SF_USERNAME' }

const filePlace = (
  t: TestContext,
  kind: string,
  file: string,
  content: string,
  look: (text: string, field: string) => string | null,
  beside: (text: string) => unknown,
): Place => {
  const folder = temporaryFolder(t)
  const path = join(folder, file)
  writeFileSync(path, content, { mode: 0o640 })
  return {
    destination: openOne({ kind, file }, folder),
    look: (field) => look(readFileSync(path, 'utf8'), field),
    beside: () => beside(readFileSync(path, 'utf8')),
    // What happens between reading and renaming is in files.test.ts: here is no moment to step in.
    interfere: null,
    cut: null,
    deny: null,
  }
}

/** Runs once, at the first request that writes. */
const once = (act: () => void): (() => void) => {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}

const lookUp = (data: unknown, field: string): string | null => {
  const found = (data as Readonly<Record<string, unknown>> | null)?.[field]
  return typeof found === 'string' ? found : null
}

export const places: readonly PlaceKind[] = [
  {
    kind: 'env-file',
    readable: true,
    lacks: ['interfere', 'cut', 'deny'],
    make: async (t) => ({
      ...filePlace(
        t,
        'env-file',
        '.env',
        "# who\nexport SF_USERNAME='me@acme' # the robot\n\nOTHER=stays\nSF_PASSWORD=old\n",
        // Node's own reader, not ours.
        (text, field) => parseEnv(text)[names[field] ?? ''] ?? null,
        (text) => [text.includes('# who\n'), text.includes(' # the robot\n\nOTHER=stays\n')],
      ),
      refuses: ['carriage return', 'every quote', 'a backslash at the end', 'doubled backslashes'],
    }),
  },
  {
    kind: 'json-file',
    readable: true,
    lacks: ['interfere', 'cut', 'deny'],
    make: async (t) =>
      filePlace(
        t,
        'json-file',
        'app.json',
        '{\n    "password" : "old",\n    "list": [1,  2]\n}\n',
        (text, field) => lookUp(JSON.parse(text), field),
        (text) => text.includes('"list": [1,  2]'),
      ),
  },
  {
    kind: 'yaml-file',
    readable: true,
    lacks: ['interfere', 'cut', 'deny'],
    make: async (t) =>
      filePlace(
        t,
        'yaml-file',
        'app.yaml',
        '# top\npassword: old # the secret\nlist: [1,  2]\n',
        (text, field) => lookUp(parse(text), field),
        (text) => [text.includes('# top\n'), text.includes('# the secret')],
      ),
  },
  {
    kind: 'command',
    readable: true,
    lacks: ['interfere', 'cut', 'deny'],
    make: async (t) => {
      const folder = temporaryFolder(t)
      const held = join(folder, 'held.json')
      writeFileSync(held, '{"fields":{"password":"old"}}')
      const save = 'require("fs").writeFileSync("held.json",require("fs").readFileSync(0))'
      const show = 'process.stdout.write(require("fs").readFileSync("held.json"))'
      return {
        destination: openOne(
          {
            kind: 'command',
            run: [process.execPath, '-e', save],
            readBack: [process.execPath, '-e', show],
            check: [process.execPath, '-e', show],
          },
          folder,
        ),
        look: (field) => lookUp(JSON.parse(readFileSync(held, 'utf8')).fields, field),
        beside: () => null,
        interfere: null,
        cut: null,
        deny: null,
      }
    },
  },
  {
    kind: 'vault',
    readable: true,
    make: async (t) => {
      const server = await vaultServer(t)
      server.put('app', { password: 'old', beside: 'stays' })
      const env = { VAULT_ADDR: server.url, VAULT_TOKEN: 'hvs.root' }
      return {
        destination: openOne({ kind: 'vault', path: 'app' }, temporaryFolder(t), env),
        look: (field) => lookUp(server.now('app'), field),
        beside: () => server.now('app')?.beside,
        interfere: () => {
          const other = once(() => server.put('app', { password: 'theirs', beside: 'stays' }))
          server.before = ({ method, path }) => {
            if (method === 'POST' && path.endsWith('/app')) other()
          }
        },
        cut: server.close,
        deny: { now: () => void server.tokens.set('hvs.root', ['read']), told: true },
      }
    },
  },
  {
    kind: 'aws-secrets-manager',
    readable: true,
    make: async (t) => {
      Object.assign(process.env, awsCredentials)
      const server = await awsServer(t)
      server.make('prod/app', JSON.stringify({ password: 'old', beside: 'stays' }))
      const held = (): unknown => JSON.parse(server.now('prod/app') ?? 'null')
      return {
        destination: openOne(
          { kind: 'aws-secrets-manager', secretId: 'prod/app', endpoint: server.url },
          temporaryFolder(t),
        ),
        look: (field) => lookUp(held(), field),
        beside: () => lookUp(held(), 'beside'),
        interfere: () => {
          const other = once(() => server.put('prod/app', JSON.stringify({ password: 'theirs', beside: 'stays' })))
          server.before = ({ headers }) => {
            if (headers['x-amz-target']?.endsWith('UpdateSecretVersionStage') === true) other()
          }
        },
        cut: server.close,
        deny: { now: () => void server.denied.add('PutSecretValue'), told: false },
        refuses: ['64 kB'],
      }
    },
  },
  {
    kind: 'kubernetes-secret',
    readable: true,
    make: async (t) => {
      const server = await clusterServer(t)
      server.put('app', { password: 'old', beside: 'stays' })
      const folder = temporaryFolder(t)
      writeFileSync(join(folder, 'kubeconfig'), kubeconfig(server.url))
      return {
        destination: openOne({ kind: 'kubernetes-secret', secret: 'app', kubeconfig: 'kubeconfig' }, folder),
        look: (field) => lookUp(server.now('app'), field),
        beside: () => server.now('app').beside,
        interfere: () => {
          const other = once(() => server.put('app', { password: 'theirs' }))
          server.before = ({ method }) => {
            if (method === 'PATCH') other()
          }
        },
        cut: server.close,
        deny: { now: () => void server.denied.add('patch'), told: true },
      }
    },
  },
  {
    kind: 'github-actions-secret',
    readable: false,
    lacks: ['interfere'],
    make: async (t) => {
      const server = await githubServer(t)
      return {
        destination: openOne(
          { kind: 'github-actions-secret', repository: 'acme/app', token: 'env:GH_TOKEN', apiUrl: server.url },
          temporaryFolder(t),
          { GH_TOKEN: 'ghp_test' },
        ),
        look: (field) => server.values.get(`actions/${names[field] ?? ''}`) ?? null,
        beside: () => null,
        interfere: null,
        cut: server.close,
        deny: { now: () => void (server.rights.write = false), told: false },
        refuses: ['64 kB'],
      }
    },
  },
]

export const kindsWithoutPlace = (): readonly string[] =>
  destinationKinds.map(({ kind }) => kind as string).filter((kind) => !places.some((place) => place.kind === kind))
