/**
 * The change that switches rotation of an app on, or off again, and what the org has now. Source: Metadata API guide,
 * ConnectedApp and ExtlClntAppGlobalOauthSettings (`isRefreshTokenRotationEnabled`, v60).
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { readComponent } from '../../org/metadata-component.ts'
import type { OrgChange } from '../change/org-change.ts'
import { valueAt } from '../change/same-body.ts'
import { appSubject } from '../controls/app-control.ts'
import type { AppFact, Facts } from '../facts.ts'
import { appElements, componentOf, setTo } from '../fix/app-element.ts'
import type { RtrApp } from './inventory.ts'

/** The app as it was read. Throws ORG_REFUSED where it is not one, or has no file. */
export const factOf = ({ apps }: Facts, { subject, id, label }: Pick<RtrApp, 'subject' | 'id' | 'label'>): AppFact => {
  const found = (apps.is === 'known' ? apps.value : []).filter((one) => appSubject(one) === subject && one.id === id)
  const [app, twin] = found
  if (app !== undefined && twin === undefined) return app
  throw new KeyturnError('ORG_REFUSED', `Which app ${label} is can’t be told`, {
    fix: 'Two apps of one name and kind: rename one of them in Setup.',
  })
}

const noFile = (app: AppFact): KeyturnError =>
  new KeyturnError('ORG_REFUSED', `The metadata of ${app.label} is not there, or not visible to this user`, {
    fix: 'Let the grant’s user read and change metadata of apps (Customize Application), or look with another grant.',
  })

export const rotationChange = (app: AppFact, on: boolean): OrgChange => {
  const edit = setTo(app, appElements.rotation, String(on))
  if (edit === null) throw noFile(app)
  return {
    title: `Switch Refresh Token Rotation of ${app.label} ${on ? 'on' : 'off'}`,
    components: [edit],
    records: [],
    clicks: [],
  }
}

/** By reading the component: true, false, or null where nobody can say. */
export const rotationNow = async (org: OrgConnection, app: AppFact): Promise<boolean | null> => {
  const component = componentOf(app, 'global')
  if (component === null) return null
  const body = await readComponent(org, component)
  const [, ...inPart] = appElements.rotation.external
  const value = body === null ? null : valueAt(body, app.kind === 'connected' ? appElements.rotation.connected : inPart)
  return value === null || value === undefined ? null : String(value) === 'true'
}
