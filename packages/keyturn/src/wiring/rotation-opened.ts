/** Rotation with what keyturn.yaml says behind its ports: what commands and the broker open. */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { systemClock } from '@keyturn/tokens'
import type { Clock, Keyturn, Secret } from '@keyturn/tokens'
import { lazyNetwork, resolveReference } from '@keyturn/tokens/maintenance'
import { manageCallers } from '../broker/callers/manage-callers.ts'
import { quietLog } from '../caller/quiet-log.ts'
import { configuredDestinations } from './configured-destinations.ts'
import { configuredMailboxes } from './configured-mailboxes.ts'
import { orgConnection } from '../org/connection.ts'
import type { OrgConnection } from '../org/connection.ts'
import { loadRotator } from '../rotation/rotators/load-rotator.ts'
import { splitEntry } from '../rotation/rotators/settings.ts'
import type { CredentialEntry, CredentialKind } from '../rotation/rotators/settings.ts'
import { openRotation } from '../rotation/rotation.ts'
import type { CallerPort } from '../rotation/ports.ts'
import type { Rotation } from '../rotation/rotation.ts'
import { resolversOf } from '../settings.ts'
import type { Settings } from '../settings.ts'
import { formerFace, readUses } from '../usage/uses.ts'

export interface OpenedRotation {
  readonly rotation: Rotation
  close(): Promise<void>
}

export interface RotationWiring {
  readonly clock?: Clock
  /** A link where the broker can make one. */
  readonly reauthorise?: (grant: string) => Promise<{ readonly text: string; readonly link: Secret | null }>
}

export const openRotationOf = (
  { keyturn, settings }: { readonly keyturn: Keyturn; readonly settings: Settings },
  { clock = systemClock, reauthorise = byCommand }: RotationWiring = {},
): OpenedRotation => {
  const { config, folder, env } = settings
  const caFile = config.caFile === undefined ? undefined : resolve(folder, config.caFile)
  const network = lazyNetwork({ clock, env, ...(caFile === undefined ? {} : { caFile }) })
  const resolvers = resolversOf(settings)
  const orgs = new Map<string, OrgConnection>()
  const destinations = configuredDestinations(settings, clock)
  const mailboxes = configuredMailboxes(settings, keyturn.store.records, clock)
  const rotation = openRotation({
    keyturn,
    clock,
    random: randomBytes,
    credentials: Object.entries(config.credentials ?? {}).map(([name, entry]) => ({
      name,
      kind: entry.kind,
      ...splitEntry(entry as CredentialEntry),
    })),
    rotator: (kind) => loadRotator(kind as CredentialKind),
    ports: {
      network,
      env,
      resolve: (reference) => resolveReference(reference, env, resolvers),
      org(grant) {
        const found = orgs.get(grant) ?? orgConnection(keyturn, grant)
        orgs.set(grant, found)
        return found
      },
      destination: (name) => destinations.open(name),
      mailbox: (name) => mailboxes.open(name),
      callers: callerPort(keyturn, clock),
      reauthorise,
    },
  })
  return {
    rotation,
    async close() {
      await mailboxes.close()
      network.close()
    },
  }
}

/** Opens it, does the work and closes it again. */
export const withRotation = async <T>(
  keyturn: Keyturn,
  settings: Settings,
  work: (rotation: Rotation) => Promise<T>,
): Promise<T> => {
  const opened = openRotationOf({ keyturn, settings })
  try {
    return await work(opened.rotation)
  } finally {
    await opened.close()
  }
}

const byCommand = async (grant: string): Promise<{ readonly text: string; readonly link: null }> => ({
  text: `Run \`keyturn connect ${grant}\` and sign in as the same user`,
  link: null,
})

const callerPort = (keyturn: Keyturn, clock: Clock): CallerPort => {
  const manage = manageCallers({ keyturn, clock, random: randomBytes, log: quietLog })
  return {
    async show(name) {
      const { id, doc } = await manage.find(name)
      return { id, hasPassword: doc.virtualUser !== null, since: doc.rotatedAt ?? doc.createdAt }
    },
    async rotate(name, given, overlap) {
      const { caller, refreshTokens } = await manage.rotate(name, overlap, false, given)
      const [grant] = caller.doc.grants
      return { refreshToken: (grant === undefined ? undefined : refreshTokens[grant]) ?? null }
    },
    endFormer: (name, secret) => manage.endFormer(name, secret),
    async formerUsedAt(id, since) {
      const day = new Date(since).toISOString().slice(0, 10)
      const shown = (await readUses(keyturn.store, day)).filter(
        ({ caller, face }) => caller === id && face === formerFace,
      )
      const last = Math.max(0, ...shown.map(({ last: at }) => at))
      return last >= since ? last : null
    },
  }
}
