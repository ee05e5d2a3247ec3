/**
 * What goes into the file of a component. Of one that is there already: all of it, for what a file leaves out may be
 * reset; but not what an update may not say: the key of a connected app (“You cannot provide a Consumer Key”), secrets, and
 * the wish to have them rotated. A profile is the exception: a deployment adds to it, and its whole is full of what can’t
 * be deployed again, so its file has only what differs. Source: Metadata API guide, Profile.
 */
import type { DeployedComponent } from '../../org/metadata-deploy.ts'
import { elementsOf, listOf, withElement } from '../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { ComponentEdit } from './org-change.ts'
import { changedElements, sameValue } from './same-body.ts'
import type { ElementPath } from './same-body.ts'

const unsaid: Readonly<Record<string, readonly ElementPath[]>> = {
  ConnectedApp: [
    ['oauthConfig', 'consumerKey'],
    ['oauthConfig', 'consumerSecret'],
  ],
  ExtlClntAppGlobalOauthSettings: [['consumerSecret'], ['shouldRotateConsumerKey'], ['shouldRotateConsumerSecret']],
}

const has = (body: MetadataBody, [first = '', ...rest]: ElementPath): boolean =>
  first in body && (rest.length === 0 || has(elementsOf(body[first]), rest))

const without = (body: MetadataBody, path: ElementPath): MetadataBody =>
  has(body, path) ? withElement(body, path, undefined) : body

/** Lists of a profile that a deployment replaces; to others it adds, entry by entry. */
const replaced = new Set(['loginIpRanges'])

const differing = (name: string, before: MetadataValue, after: MetadataValue): MetadataValue => {
  const isList = Array.isArray(after) || Array.isArray(before)
  if (!isList || replaced.has(name)) return after
  const known = listOf(before)
  return listOf(after).filter(
    (one) => !known.some((other) => JSON.stringify(other) === JSON.stringify(one) || sameValue(other, one)),
  )
}

const ofProfile = (before: MetadataBody, after: MetadataBody): MetadataBody => {
  const names = [...new Set(changedElements(before, after).map(([name = '']) => name))]
  return Object.fromEntries(names.map((name) => [name, differing(name, before[name], after[name])]))
}

/** `before` null: it is new, and its file has all of it. */
export const deployable = (
  { type, fullName, root }: ComponentEdit,
  before: MetadataBody | null,
  after: MetadataBody,
): DeployedComponent => {
  const body =
    before === null
      ? after
      : type === 'Profile'
        ? ofProfile(before, after)
        : (unsaid[type] ?? []).reduce(without, after)
  return { type, fullName, body, ...(root === undefined ? {} : { root }) }
}
