/**
 * Where consumers of the matrix read: a file, and a Vault over the wire. The file can be made to refuse, the Vault to be
 * away, for some requests or until somebody mends it.
 */
import { mkdirSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { vaultServer } from '../../destinations/vault-server.ts'

export interface Told {
  /** Of keyturn.yaml. */
  readonly destinations: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly names: readonly string[]
  /** So many requests are not answered. */
  away(requests: number): void
  refuse(): void
  mend(): void
  /** What the Vault holds now. */
  now(): Readonly<Record<string, unknown>>
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined

export const told = async (t: TestContext, folder: string, envFile: string): Promise<Told> => {
  const vault = await vaultServer(t)
  const token = join(folder, 'vault-token')
  writeFileSync(token, 'hvs.root', { mode: 0o600 })
  const aside = `${envFile}.aside`
  let left = 0
  vault.before = () => ((left -= 1) >= 0 ? { status: 503, body: { errors: ['Vault is sealed'] } } : undefined)
  return {
    destinations: {
      env: { kind: 'env-file', file: envFile, create: true },
      vault: { kind: 'vault', path: 'app', address: vault.url, token: `file:${token}` },
    },
    names: ['env', 'vault'],
    away(requests) {
      left = requests
    },
    refuse() {
      if (exists(envFile)) renameSync(envFile, aside)
      mkdirSync(envFile)
    },
    mend() {
      left = 0
      if (statSync(envFile, { throwIfNoEntry: false })?.isDirectory() !== true) return
      rmdirSync(envFile)
      if (exists(aside)) renameSync(aside, envFile)
    },
    now: () => vault.now('app') ?? {},
  }
}

/** The sections of keyturn.yaml with both destinations for one credential. */
export const toldSections = (
  sections: Readonly<Record<string, unknown>>,
  name: string,
  { destinations, names }: Told,
): Readonly<Record<string, unknown>> => {
  const credentials = sections['credentials'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  return {
    ...sections,
    destinations,
    credentials: { ...credentials, [name]: { ...credentials[name], destinations: names } },
  }
}
