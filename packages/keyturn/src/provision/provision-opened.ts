/** Provisioning with what a command has behind its ports: the flow of every change, who would be cut off, destinations. */
import { KeyturnError, Secret, systemClock } from '@keyturn/tokens'
import type { Keyturn, RecordEntry } from '@keyturn/tokens'
import { changeEvidence, evidenceFamilies } from '../change/change-evidence.ts'
import { changeFlow } from '../change/change-flow.ts'
import type { ChangeFlags } from '../change/change-flow.ts'
import type { Screen } from '../change/change-screen.ts'
import { configuredDestinations } from '../configured-destinations.ts'
import type { OrgConnection } from '../org/connection.ts'
import { collect } from '../posture/collect.ts'
import { impactOf, together } from '../posture/impact/impact-of.ts'
import type { Impact } from '../posture/impact/impact.ts'
import type { Restriction } from '../posture/impact/restriction.ts'
import { askYes } from '../output/confirm.ts'
import type { Agree, Carry } from '../posture/provision/carry.ts'
import type { SecretDelivery } from '../posture/provision/make-app.ts'
import type { Settings } from '../settings.ts'

export interface Provisioning {
  readonly keyturn: Keyturn
  readonly org: OrgConnection
  readonly flags: ChangeFlags
  /** Into the ledger; no name of a person. */
  readonly data: RecordEntry['data']
  readonly attended: boolean
  readonly screen: Screen
  readonly log: (text: string) => void
  readonly tell: (text: string) => void
}

const evidenceDays = 90

const impactFor = async (
  { keyturn, org, tell }: Provisioning,
  restricts: readonly Restriction[],
): Promise<Impact | null> => {
  if (restricts.length === 0) return null
  const snapshot = await collect({ org, clock: systemClock, families: [...evidenceFamilies], days: evidenceDays, tell })
  const evidence = await changeEvidence({ keyturn, org, snapshot, days: evidenceDays })
  return together(restricts.map((restriction) => impactOf(restriction, evidence)))
}

/** What was agreed to once is agreed to for all steps of the same thing; who is cut off is asked at each. */
export const carryOf = (provisioning: Provisioning, verb: 'provision' | 'migrate' = 'provision'): Carry => {
  const { keyturn, org, flags, data, attended, screen, log, tell } = provisioning
  let agreed = flags.yes
  return async (change, { restricts, begin, verify }) => {
    const out = await changeFlow({
      ...{ keyturn, org, change, data, attended, screen, log, tell, verb, clock: systemClock },
      impact: await impactFor(provisioning, restricts),
      flags: { ...flags, yes: agreed && !flags['dry-run'] },
      ...(begin === undefined ? {} : { begin }),
      ...(verify === undefined ? {} : { verify }),
    })
    agreed ||= out.is === 'applied'
    return out
  }
}

export const agreeOf =
  ({ flags, attended }: Pick<Provisioning, 'flags' | 'attended'>): Agree =>
  async (question) =>
    flags.yes || (!flags['dry-run'] && attended && (await askYes(question)))

/** Throws CONFIG_INVALID for an unknown destination, DESTINATION_* where it could not be written now. */
export const deliveryTo = async (settings: Settings, name: string): Promise<SecretDelivery> => {
  const configured = configuredDestinations(settings)
  // What was typed there may be the secret itself: it is not repeated.
  if (!configured.names.includes(name))
    throw new KeyturnError('CONFIG_INVALID', '--secret-to names no destination of keyturn.yaml', {
      fix:
        configured.names.length === 0
          ? 'Describe it under `destinations:`; docs/destinations.md shows how.'
          : `It has ${configured.names.join(', ')}.`,
    })
  const destination = configured.open(name)
  const [problem] = await destination.preflight()
  if (problem !== undefined)
    throw new KeyturnError('DESTINATION_REFUSED', `${name}: ${problem.text}`, { fix: problem.next })
  return {
    name,
    async deliver({ key, secret }, version) {
      const value = { fields: { consumerKey: new Secret(key), consumerSecret: secret }, version }
      const { at } = await destination.write(value)
      const found = await destination.readBack(value)
      if (found === 'different')
        throw new KeyturnError('DESTINATION_CHANGED', `${name} holds something else than what was just written`)
      return `${at} (${found === 'same' ? 'read back' : 'written; it can’t be read back'})`
    },
  }
}
