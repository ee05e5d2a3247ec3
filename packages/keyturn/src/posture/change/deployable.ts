/**
 * What goes into the file of a component that is there already: all of it, but for what an update may not say: the key of
 * a connected app (“You cannot provide a Consumer Key”), secrets, and the wish to have them rotated.
 */
import type { DeployedComponent } from '../../org/metadata-deploy.ts'
import { withElement } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import type { ComponentEdit } from './org-change.ts'

const unsaid: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ConnectedApp: [
    ['oauthConfig', 'consumerKey'],
    ['oauthConfig', 'consumerSecret'],
  ],
  ExtlClntAppGlobalOauthSettings: [['consumerSecret'], ['shouldRotateConsumerKey'], ['shouldRotateConsumerSecret']],
}

const has = (body: MetadataBody, [first = '', ...rest]: readonly string[]): boolean =>
  rest.length === 0 ? first in body : first in body && has(body[first] as MetadataBody, rest)

export const deployable = (
  { type, fullName, root }: ComponentEdit,
  body: MetadataBody,
  isNew: boolean,
): DeployedComponent => {
  const said = isNew
    ? body
    : (unsaid[type] ?? []).reduce((now, path) => (has(now, path) ? withElement(now, path, undefined) : now), body)
  return { type, fullName, body: said, ...(root === undefined ? {} : { root }) }
}
