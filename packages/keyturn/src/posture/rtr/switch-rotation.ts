/**
 * The change that switches rotation of an app on, or off again. Of a connected app it is an element of the app itself, of
 * an external client app one of its global OAuth settings, which are tied to the app by an element and not by their name.
 * Source: Metadata API guide, ConnectedApp and ExtlClntAppGlobalOauthSettings (`isRefreshTokenRotationEnabled`, v60).
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { componentNames, elementsOf, readComponents, textOf, withElement } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import type { ComponentEdit, OrgChange } from '../change/org-change.ts'
import type { RtrApp } from './inventory.ts'

const globalType = 'ExtlClntAppGlobalOauthSettings'
const element = 'isRefreshTokenRotationEnabled'

type Switched = Pick<RtrApp, 'kind' | 'name' | 'namespace' | 'label'>

const fullNameOf = ({ name, namespace }: Switched): string => (namespace === null ? name : `${namespace}__${name}`)

const gone = (what: string): KeyturnError =>
  new KeyturnError('ORG_REFUSED', `${what} is not there, or not visible to this user`, {
    fix: 'Let the grant’s user read and change metadata of apps (Customize Application), or look with another grant.',
  })

const existing = (what: string, body: MetadataBody | null): MetadataBody => {
  if (body === null) throw gone(what)
  return body
}

/** By the app's name or by the element; null: this org shows none. */
export const globalSettingsOf = async (
  org: OrgConnection,
  app: Pick<RtrApp, 'name' | 'namespace' | 'label'>,
): Promise<string | null> => {
  const names = [fullNameOf({ ...app, kind: 'external' }), app.name]
  const found = await readComponents(org, globalType, await componentNames(org, globalType))
  for (const [fullName, body] of found)
    if (names.includes(textOf(body['externalClientApplication']) ?? '')) return fullName
  return null
}

const editOf = async (org: OrgConnection, app: Switched, on: boolean): Promise<ComponentEdit> => {
  if (app.kind === 'connected') {
    const fullName = fullNameOf(app)
    return {
      type: 'ConnectedApp',
      fullName,
      edit: (body) => {
        const now = existing(`The connected app ${fullName}`, body)
        if (Object.keys(elementsOf(now['oauthConfig'])).length === 0)
          throw gone(`The OAuth configuration of ${fullName}`)
        return withElement(now, ['oauthConfig', element], on)
      },
    }
  }
  const fullName = await globalSettingsOf(org, app)
  if (fullName === null) throw gone(`The global OAuth settings of the external client app ${app.name}`)
  return {
    type: globalType,
    fullName,
    edit: (body) => withElement(existing(`The settings ${fullName}`, body), [element], on),
  }
}

export const rotationChange = async (org: OrgConnection, app: Switched, on: boolean): Promise<OrgChange> => ({
  title: `Switch Refresh Token Rotation of ${app.label} ${on ? 'on' : 'off'}`,
  components: [await editOf(org, app, on)],
  records: [],
  clicks: [],
})

/** What the org has now, by reading the component: true, false, or null where nobody can say. */
export const rotationNow = async (org: OrgConnection, app: Switched): Promise<boolean | null> => {
  const { type, fullName } = await editOf(org, app, true)
  const body = (await readComponents(org, type, [fullName])).get(fullName)
  if (body === undefined) return null
  const value = type === globalType ? body[element] : elementsOf(body['oauthConfig'])[element]
  return value === undefined ? null : String(value) === 'true'
}
