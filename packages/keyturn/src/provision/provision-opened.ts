/** Provisioning with what a command has behind its ports: the flow of every change, who would be cut off, destinations. */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { Changing } from '../change/change-command.ts'
import { changeEvidence, evidenceFamilies } from '../change/change-evidence.ts'
import { changeFlow } from '../change/change-flow.ts'
import type { ChangeFlow } from '../change/change-flow.ts'
import { configuredDestinations } from '../wiring/configured-destinations.ts'
import { collect } from '../posture/collect.ts'
import { impactOf, together } from '../posture/impact/impact-of.ts'
import type { Impact } from '../posture/impact/impact.ts'
import type { Restriction } from '../posture/impact/restriction.ts'
import { askYes } from '../output/confirm.ts'
import type { Agree, Carry } from '../posture/provision/carry.ts'
import type { SecretDelivery } from '../posture/provision/consumer-pair.ts'
import type { Settings } from '../settings.ts'

const evidenceDays = 90

const impactFor = async (
  { keyturn, org, tell, clock }: Changing,
  restricts: readonly Restriction[],
): Promise<Impact | null> => {
  if (restricts.length === 0) return null
  const snapshot = await collect({ org, clock, families: [...evidenceFamilies], days: evidenceDays, tell })
  const evidence = await changeEvidence({ keyturn, org, snapshot, days: evidenceDays })
  return together(restricts.map((restriction) => impactOf(restriction, evidence)))
}

/** What was agreed to once is agreed to for all steps of the same thing; who is cut off is asked at each. */
export const carryOf = (changing: Changing, { verb, data }: Pick<ChangeFlow, 'verb' | 'data'>): Carry => {
  const { flags } = changing
  let agreed = flags.yes
  return async (change, { restricts, begin, verify }) => {
    const out = await changeFlow({
      ...{ ...changing, change, verb, data },
      impact: await impactFor(changing, restricts),
      flags: { ...flags, yes: agreed && !flags['dry-run'] },
      ...(begin === undefined ? {} : { begin }),
      ...(verify === undefined ? {} : { verify }),
    })
    agreed ||= out.is === 'applied'
    return out
  }
}

export const agreeOf =
  ({ flags, attended }: Pick<Changing, 'flags' | 'attended'>): Agree =>
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
