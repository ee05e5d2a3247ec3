/** Node, keyturn.yaml, the proxy and the certificates that are named. */
import { existsSync } from 'node:fs'
import { KeyturnError } from '@keyturn/tokens'
import type { Environment, Settings } from '../settings.ts'
import { check } from './check.ts'
import type { Check } from './check.ts'

const oldestNode = [22, 18] as const

export const checkNode = (version: string): Check => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const good = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  return good
    ? check('node', 'ok', `Node ${version}`)
    : check('node', 'bad', `Node ${version} is too old`, `Install Node ${oldestNode.join('.')} or newer; 24 is best.`)
}

export const checkConfigFile = (settings: Settings | KeyturnError): readonly Check[] => {
  if (settings instanceof KeyturnError) return [check('settings', 'bad', settings.message, settings.fix)]
  const { configPath, store, masterKey } = settings
  return [
    check(
      'settings',
      'ok',
      `${configPath ?? 'no keyturn.yaml'}; store from ${store.from}, master key from ${masterKey.from}`,
    ),
  ]
}

/** A proxy's address may hold a password: only its name is shown. */
export const checkSurroundings = (env: Environment, caFile: string | null): readonly Check[] => {
  const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].filter(
    (name) => (env[name] ?? env[name.toLowerCase()] ?? '') !== '',
  )
  const files = [
    ['NODE_EXTRA_CA_CERTS', env['NODE_EXTRA_CA_CERTS']],
    ['caFile', caFile ?? undefined],
  ] as const
  return [
    check('proxy', 'ok', proxies.length === 0 ? 'no proxy is set' : `set: ${proxies.join(', ')}`),
    ...files.flatMap(([name, path]) => {
      if (path === undefined || path === '') return []
      return existsSync(path)
        ? [check(`certificates.${name}`, 'ok', path)]
        : [check(`certificates.${name}`, 'bad', `${path} does not exist`, `Correct ${name}.`)]
    }),
  ]
}
