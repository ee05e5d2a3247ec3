/** From the file of a connected app to the files of an external client app that is the same. Pure. */
import { KeyturnError } from '@keyturn/tokens'
import { elementsOf, textOf } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import { appParts, partName } from '../provision/app-files.ts'
import type { ConsumerPair } from '../provision/consumer-pair.ts'
import { defaults, groups, topLevel } from './element-moves.ts'
import { hardened } from './harden.ts'
import type { ElementMove, MigratedPart, MigratedParts, Migration } from './migration.ts'
import type { Mover } from './moves.ts'
import { notCarried } from './moves.ts'

export interface MigrationOptions {
  /** Of the new app; default: the old name with `_ECA`. Two apps of one name can't be told apart in logins. */
  readonly name?: string | undefined
  readonly harden: boolean
  /** This org's metadata has `isEnforceRefreshTokenTTL`. */
  readonly refreshTokenTtl: boolean
}

const nameRule = /^[A-Za-z](?!.*__)[A-Za-z0-9_]*(?<!_)$/
const longest = 80

/** Of single underscores, and not too long. */
export const migratedName = (from: string): string =>
  `${from
    .replaceAll(/_+/g, '_')
    .replace(/_$/, '')
    .slice(0, longest - 4)
    .replace(/_$/, '')}_ECA`

const unknownElement = notCarried(
  'this version of Keyturn does not know the element',
  'Look up what it does, and whether external client apps have it.',
)

const elements = (body: MetadataBody): readonly (readonly [string, MetadataValue, Mover])[] =>
  Object.entries(body).flatMap(([name, value]) => {
    if (name === 'label' || value === undefined || value === null) return []
    const group = groups[name]
    if (group === undefined) return [[name, value, topLevel[name] ?? unknownElement] as const]
    return Object.entries(elementsOf(value)).flatMap(([inner, one]) =>
      one === undefined || one === null ? [] : [[`${name}.${inner}`, one, group[inner] ?? unknownElement] as const],
    )
  })

/** Throws BAD_ARGUMENT for an app that can't be migrated from here. */
export const migrationOf = (from: string, body: MetadataBody, options: MigrationOptions): Migration => {
  if (/^[A-Za-z][A-Za-z0-9_]*?__./.test(from))
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `${from} came in a package: only its owner can make it another kind of app`,
      {
        fix: 'Ask its owner for a version with an external client app; here it can be limited by policies, or blocked.',
      },
    )
  if (body['oauthConfig'] === undefined)
    throw new KeyturnError('BAD_ARGUMENT', `${from} has no OAuth settings: it is an app for SAML, canvas or a link`, {
      fix: 'Make an external client app with the SAML or canvas plug-in in Setup; these files could not carry anything.',
    })
  const to = options.name ?? migratedName(from)
  if (!nameRule.test(to) || to.length > longest || to.toLowerCase() === from.toLowerCase())
    throw new KeyturnError('BAD_ARGUMENT', `“${to.slice(0, longest)}” can’t be the new app’s name`, {
      fix: 'Letters, digits and single underscores, beginning with a letter, 80 at most, and not the old app’s name.',
    })
  const label = `${textOf(body['label']) ?? from} (ECA)`
  const sets: Record<MigratedPart, Record<string, MetadataValue>> = {
    app: { label, distributionState: 'Local', isProtected: false },
    oauth: { isFirstPartyAppEnabled: false, commaSeparatedOauthScopes: '' },
    global: { ...defaults },
    policies: {
      permittedUsersPolicyType: 'AllSelfAuthorized',
      ipRelaxationPolicyType: 'Enforce',
      refreshTokenPolicyType: 'Infinite',
    },
    switches: { isEnabled: true, isOauthPluginEnabled: true, startPage: 'None' },
  }
  const moves: ElementMove[] = [
    {
      element: 'label',
      how: 'other-form',
      to: `${appParts.app}.label`,
      text: `“${label}”, so that logins tell both apps apart`,
      todo: null,
    },
  ]
  for (const [element, value, mover] of elements(body)) {
    const moved = mover(value)
    moves.push({ element, ...moved.move })
    for (const [part, name, one] of moved.sets) sets[part][name] = one
  }
  const parts: MigratedParts = sets
  const plain: Migration = { from, to, label, parts, moves, hardening: [] }
  return options.harden ? hardened(plain, { refreshTokenTtl: options.refreshTokenTtl }) : plain
}

/** `pair`: key and secret that Keyturn chose; given once, to an app that is not there yet. */
export const migrationComponents = ({ to, parts }: Migration, pair: ConsumerPair | null): readonly ComponentEdit[] =>
  (Object.keys(parts) as MigratedPart[]).map((part) => {
    const fullName = partName(part, to)
    const once =
      part === 'global' && pair !== null ? { consumerKey: pair.key, consumerSecret: pair.secret.reveal() } : {}
    const tie = part === 'app' ? {} : { externalClientApplication: to, label: fullName }
    return {
      type: appParts[part],
      fullName,
      // What is there already was made before, and may have been changed since: it is not written over.
      edit: (body) => body ?? { ...tie, ...parts[part], ...once },
    }
  })
