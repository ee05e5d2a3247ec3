/** Re-authorisation through the broker, wired: what the server registers, what callers hear, what operators ask for. */
import type { FastifyPluginAsync } from 'fastify'
import type { Clock, Keyturn } from '@keyturn/tokens'
import type { DeathVerdict } from '../../forensics/verdict.ts'
import type { Notifier } from '../../notify/notify.ts'
import type { BrokerSettings } from '../broker-settings.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { openAsk } from './ask.ts'
import type { Ask } from './ask.ts'
import type { Random } from './link-token.ts'
import { withPending } from './pending.ts'
import { publicAddress } from './public-address.ts'
import { openReauthorisations } from './reauthorisations.ts'
import type { Reauthorisations } from './reauthorisations.ts'
import { reauthoriseRoutes } from './routes.ts'
import { openTrade } from './trade.ts'
import { watchDeaths } from './watch.ts'

export interface ReauthoriseParts {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'count'>
  readonly random: Random
  readonly settings: Pick<BrokerSettings, 'publicUrl' | 'orgs' | 'reauthorise' | 'sweepEvery'>
  readonly notifier: Notifier | null
  readonly judge: ((grant: string) => Promise<DeathVerdict | null>) | null
}

export interface Reauthorise {
  /** The same Keyturn for what answers callers. */
  readonly keyturn: Keyturn
  readonly routes: FastifyPluginAsync
  readonly reauthorisations: Reauthorisations
  /** Somebody wants it. */
  readonly ask: Ask
  /** Begins to look after grants that wait for a person. */
  watch(): { close(): Promise<void> }
}

/** Callers wait no longer than this for a code that is being traded. */
const PATIENCE_MS = 15_000

export const ownerOf =
  ({ orgs, reauthorise }: Pick<BrokerSettings, 'orgs' | 'reauthorise'>) =>
  (grant: string): string | null =>
    orgs.find((org) => org.grant === grant && org.owner !== null)?.owner ?? reauthorise.owner

export const openReauthorise = (parts: ReauthoriseParts): Reauthorise => {
  const { keyturn, clock, log, metrics, random, settings, notifier, judge } = parts
  const address = publicAddress(settings.publicUrl)
  const reauthorisations = openReauthorisations({ keyturn, clock, random })
  const count = (event: string, grant: string): void =>
    metrics.count('keyturn_reauthorisations_total', 'Re-authorisations by a person', { event, grant })
  const ask = openAsk({
    clock,
    log,
    address,
    reauthorisations,
    life: settings.reauthorise.linkLife,
    ownerOf: ownerOf(settings),
    notifier,
    judge,
    made: ({ doc }) => count('made', doc.grant),
    alarm: () => metrics.count('keyturn_alarms_total', 'Alarms', { alarm: 'token-used-by-somebody-else' }),
  })
  const trade = openTrade({
    keyturn,
    clock,
    log,
    reauthorisations,
    ended: async ({ grantId, doc }, ending) => {
      count(ending, doc.grant)
      if (ending !== 'died-again') return
      // The person who is at it goes on by the next link, which says why; if nobody does, the next round tells.
      const grant = (await keyturn.grants.list({ altered: () => undefined })).find(({ id }) => id === grantId)
      if (grant !== undefined) await ask(grant, 'the broker', { quiet: true })
    },
  })
  const refused = (why: string): void =>
    metrics.count('keyturn_reauthorisation_refusals_total', 'Callbacks that were refused', { why })
  const begun = ({ doc }: { readonly doc: { readonly grant: string } }): void => count('begun', doc.grant)
  return {
    keyturn: withPending(keyturn, { clock, reauthorisations, patience: PATIENCE_MS }),
    routes: reauthoriseRoutes({ keyturn, clock, log, address, reauthorisations, trade, refused, begun }),
    reauthorisations,
    ask,
    watch: () => watchDeaths({ keyturn, clock, log, reauthorisations, trade, ask, every: settings.sweepEvery }),
  }
}
