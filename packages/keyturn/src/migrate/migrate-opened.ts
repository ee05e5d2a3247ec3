/** Migration with what a command has behind its ports: the old app and who uses it. */
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { changeEvidence, evidenceFamilies } from '../change/change-evidence.ts'
import { nearest } from '../nearest.ts'
import type { OrgConnection } from '../org/connection.ts'
import { componentNames, readComponent, readComponents, textOf } from '../org/metadata-component.ts'
import type { MetadataBody } from '../org/metadata-component.ts'
import { collect } from '../posture/collect.ts'
import type { AppFact } from '../posture/facts.ts'
import { impactOf } from '../posture/impact/impact-of.ts'
import type { Impact } from '../posture/impact/impact.ts'
import type { Snapshot } from '../posture/snapshot.ts'

const type = 'ConnectedApp'

export interface OldApp {
  readonly fullName: string
  readonly body: MetadataBody
}

/** By its API name, or by a label that only one has. Throws BAD_ARGUMENT. */
export const findOldApp = async (org: OrgConnection, text: string): Promise<OldApp> => {
  const names = await componentNames(org, type)
  const lower = text.toLowerCase()
  const exact =
    names.find((name) => name === text) ??
    names.find((name) => name.toLowerCase() === lower) ??
    // Of a package: refused later, with the reason.
    names.find((name) => name.toLowerCase().endsWith(`__${lower}`))
  if (exact !== undefined) {
    const body = await readComponent(org, { type, fullName: exact })
    if (body !== null) return { fullName: exact, body }
  }
  const labelled = [...(await readComponents(org, type, names))].filter(([, body]) => textOf(body['label']) === text)
  const [one, other] = labelled
  if (one !== undefined && other === undefined) return { fullName: one[0], body: one[1] }
  const meant = nearest(text, names)
  throw new KeyturnError(
    'BAD_ARGUMENT',
    one === undefined
      ? `This org’s metadata has no connected app ${text}`
      : `Several connected apps are called ${text}`,
    {
      fix:
        one !== undefined
          ? `Name one of ${labelled.map(([name]) => name).join(', ')}.`
          : `${meant === null ? '' : `Did you mean ${meant}? `}Apps that only use the org, installed from elsewhere, are their owner’s to migrate.`,
    },
  )
}

export interface Seen {
  readonly snapshot: Snapshot
  /** Of the old app. */
  readonly before: AppFact | null
  readonly ifBlocked: Impact
}

/** All that Salesforce keeps: whether nobody comes by the old app any more is the question. */
const evidenceDays = 180

const appIn = ({ facts: { apps } }: Snapshot, kind: AppFact['kind'], fullName: string): AppFact | null =>
  apps.is === 'unknown'
    ? null
    : (apps.value.find((one) => one.kind === kind && (one.files?.app ?? one.name) === fullName) ?? null)

/** Who would be cut off if the old app were blocked now: who uses it. */
export const seenOf = async (
  {
    keyturn,
    org,
    tell,
  }: { readonly keyturn: Keyturn; readonly org: OrgConnection; readonly tell: (text: string) => void },
  fullName: string,
): Promise<Seen> => {
  const snapshot = await collect({ org, clock: systemClock, families: [...evidenceFamilies], days: evidenceDays, tell })
  const evidence = await changeEvidence({ keyturn, org, snapshot, days: evidenceDays })
  const before = appIn(snapshot, 'connected', fullName)
  const app = before?.id ?? `app:${before?.name ?? fullName}`
  return { snapshot, before, ifBlocked: impactOf({ is: 'blocked-app', app }, evidence) }
}

/** Names of users that are machines, in lower case. */
export const machinesIn = ({ facts: { users } }: Snapshot): ReadonlySet<string> =>
  new Set(
    users.is === 'known'
      ? users.value.flatMap(({ username, nature }) => (nature.is === 'machine' ? [username.toLowerCase()] : []))
      : [],
  )

export const collectedApp = async (
  org: OrgConnection,
  fullName: string,
  tell: (text: string) => void,
): Promise<AppFact | null> =>
  appIn(await collect({ org, clock: systemClock, families: ['apps'], tell }), 'external', fullName)
