/** The schedule as the broker runs it: rotation with links to sign in again, and people who are told. */
import { randomBytes } from 'node:crypto'
import { KeyturnError, Secret, systemClock } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { reauthoriseSettings } from '../broker/broker-settings.ts'
import type { Log } from '../broker/log.ts'
import { openAsk } from '../broker/reauthorise/ask.ts'
import { ownerOf } from '../broker/reauthorise/open-reauthorise.ts'
import { linkAddress, publicAddress } from '../broker/reauthorise/public-address.ts'
import { openReauthorisations } from '../broker/reauthorise/reauthorisations.ts'
import type { Notifier } from '../notify/notify.ts'
import { orgConnection } from '../org/connection.ts'
import type { OrgConnection } from '../org/connection.ts'
import { openLentWatch } from '../posture/provision/lent-watch.ts'
import { openRotationOf } from './rotation-opened.ts'
import type { RotationWiring } from './rotation-opened.ts'
import { openCertificateWatch } from '../rotation/certificates/certificate-watch.ts'
import { settleBlocked } from '../rotation/schedule/blocked-grants.ts'
import { openScheduleLoop } from '../rotation/schedule/schedule-loop.ts'
import type { ScheduleLoop, Watch } from '../rotation/schedule/schedule-loop.ts'
import type { Settings } from '../settings.ts'

export interface ScheduleWorld {
  readonly keyturn: Keyturn
  readonly settings: Settings
  readonly notifier: Notifier
  readonly log: Log
  readonly clock?: Clock
}

/** A link where the broker has an address people can open; its owner is told at once. Undefined: there is no address. */
export const linksOf = ({
  keyturn,
  settings,
  notifier,
  log,
  clock = systemClock,
}: ScheduleWorld): RotationWiring['reauthorise'] => {
  const broker = reauthoriseSettings(settings.config.broker ?? {})
  const address = publicAddress(broker.publicUrl)
  if ('missing' in address) return undefined
  const reauthorisations = openReauthorisations({ keyturn, clock, random: randomBytes })
  const ask = openAsk({
    ...{ clock, log, address, reauthorisations, notifier, judge: null },
    life: broker.reauthorise.linkLife,
    ownerOf: ownerOf(broker),
    made: () => undefined,
    alarm: () => undefined,
  })
  return async (name) => {
    const grant = await keyturn.grants.show(name)
    const { is, told } = await ask(grant, 'a rotation', { wanted: true })
    if (is === null) return { text: `Run \`keyturn connect ${name}\` and sign in as the same user`, link: null }
    const sent = told.some(({ ok }) => ok) ? 'The link was sent to its owner' : 'Nobody could be sent the link'
    const user = grant.username ?? grant.identity?.userId ?? 'the same user'
    return {
      text: `${sent}: open it and sign in as ${user}, or run \`keyturn grants reauthorise ${name}\` for it`,
      link: new Secret(linkAddress(address.url, (await reauthorisations.linkOf(is)).reveal())),
    }
  }
}

/** Whether keyturn.yaml has anything to turn by itself, and nobody switched it off. */
export const hasSchedule = ({ config }: Settings): boolean =>
  config.broker?.rotation ??
  (config.certificates !== undefined ||
    Object.values(config.credentials ?? {}).some(({ schedule }) => schedule !== undefined))

/** What runs out besides credentials. */
export const watchesOf = ({
  keyturn,
  settings,
  notifier,
  log,
  clock = systemClock,
}: ScheduleWorld): readonly Watch[] => {
  const { certificates } = settings.config
  const parts = { records: keyturn.store.records, clock, notifier, log }
  const lent = openLentWatch(parts)
  if (certificates === undefined) return [lent]
  const { watch, owner } = certificates
  const org = (grant: string): OrgConnection => orgConnection(keyturn, grant)
  return [openCertificateWatch({ ...parts, grants: [...new Set(watch)], owner, org }), lent]
}

const usualPause = 60_000

/**
 * Whoever takes the last schedule out of keyturn.yaml wants callers served again. Not where `rotation: false` says that
 * others run the rounds: what is blocked is theirs to free.
 */
const freeBlocked = async ({ keyturn, log, settings, clock = systemClock }: ScheduleWorld): Promise<void> => {
  if (settings.config.broker?.rotation === false) return
  try {
    const { freed } = await settleBlocked(keyturn.store.records, [], clock.wall())
    for (const grant of freed) log.info('a grant is open to callers again: nothing is scheduled any more', { grant })
  } catch (error) {
    const code = error instanceof KeyturnError ? error.code : 'DEFECT'
    log.warn('grants that were closed to callers could not be opened', { code })
  }
}

/** Beside the broker's sweep. Null: nothing is scheduled. */
export const openSchedule = async (world: ScheduleWorld): Promise<ScheduleLoop | null> => {
  if (!hasSchedule(world.settings)) {
    await freeBlocked(world)
    return null
  }
  const { keyturn, settings, notifier, log, clock = systemClock } = world
  const reauthorise = linksOf(world)
  const opened = openRotationOf({ keyturn, settings }, { clock, ...(reauthorise && { reauthorise }) })
  const { records } = keyturn.store
  const loop = openScheduleLoop({
    ...{ rotation: opened.rotation, records, clock, notifier, log, every: usualPause },
    watches: watchesOf(world),
  })
  return {
    async close() {
      await loop.close()
      await opened.close()
    },
  }
}
