/** The whole examination, from what everything stands on to the single grant; a later step is skipped when it can't be. */
import { KeyturnError, openKeyturn, systemClock } from '@keyturn/tokens'
import { openOptions } from '../settings.ts'
import type { Settings } from '../settings.ts'
import { check } from './check.ts'
import type { Check } from './check.ts'
import { checkGrants } from './check-grants.ts'
import { checkLoginHost } from './check-login-host.ts'
import { checkRotations } from './check-rotations.ts'
import { checkConfigFile, checkNode, checkSurroundings } from './check-settings.ts'
import { checkJournal, checkKey, checkStoreFacts } from './check-store.ts'

/** How long an org is asked about a dead grant, ms. */
const patience = 10_000

interface Examination {
  readonly settings: Settings | KeyturnError
  readonly nodeVersion: string
  readonly offline: boolean
  readonly say: (what: string) => void
}

export const examine = async ({ settings, nodeVersion, offline, say }: Examination): Promise<readonly Check[]> => {
  const found: Check[] = [checkNode(nodeVersion), ...checkConfigFile(settings)]
  if (settings instanceof KeyturnError) return found
  found.push(...checkSurroundings(settings.env, settings.config.caFile ?? null))
  say('Looking at the store…')
  const store = await checkStoreFacts(settings)
  const key = await checkKey(settings)
  found.push(key, ...store, ...checkJournal(settings))
  // Without the key nothing can be opened, and the reason stands there already.
  const opened = [key, ...store].some(
    ({ name, health }) => health === 'bad' && ['key', 'store.reachable'].includes(name),
  )
    ? null
    : await open(settings)
  if (opened === null) return found
  if (opened instanceof KeyturnError) return [...found, check('open', 'bad', opened.message, opened.fix)]
  try {
    found.push(check('open', 'ok', 'the store opens with this key'))
    say('Looking at the grants…')
    found.push(...(await checkGrants(opened, systemClock.wall(), offline ? null : patience)))
    const kinds = Object.entries(settings.config.credentials ?? {}).map(([name, { kind }]) => [name, kind] as const)
    found.push(...(await checkRotations(opened.store, new Map(kinds), systemClock.wall())))
    if (offline) return found
    const hosts = new Set((await opened.grants.list({ altered: () => undefined })).map(({ loginUrl }) => loginUrl))
    for (const loginUrl of hosts) {
      say(`Asking ${new URL(loginUrl).host}…`)
      found.push(...(await checkLoginHost(loginUrl, settings)))
    }
    return found
  } finally {
    await opened.close()
  }
}

const open = async (settings: Settings) => {
  try {
    return await openKeyturn(openOptions(settings))
  } catch (error) {
    if (error instanceof KeyturnError) return error
    throw error
  }
}
