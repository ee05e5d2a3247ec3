/** Who may use an app: by administrators’ choice only, and these permission sets and profiles alone. */
import type { MetadataBody } from '../../org/metadata-component.ts'
import { withElement } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import type { AppFact } from '../facts.ts'
import { componentOf, present } from './app-element.ts'
import type { Cover } from './permitted-cover.ts'

const orNone = (names: readonly string[]): readonly string[] | undefined => (names.length === 0 ? undefined : names)
const commas = (names: readonly string[]): string | undefined => (names.length === 0 ? undefined : names.join(', '))

export const permittedUsersEdit = (app: AppFact, { permissionSets, profiles }: Cover): ComponentEdit | null => {
  const component = componentOf(app, 'policies')
  if (component === null) return null
  const ofConnected = (body: MetadataBody): MetadataBody =>
    withElement(
      withElement(
        withElement(body, ['oauthConfig', 'isAdminApproved'], 'true'),
        ['permissionSetName'],
        orNone(permissionSets),
      ),
      ['profileName'],
      orNone(profiles),
    )
  const ofExternal = (body: MetadataBody): MetadataBody =>
    withElement(
      withElement(
        withElement(body, ['permittedUsersPolicyType'], 'AdminApprovedPreAuthorized'),
        ['commaSeparatedPermissionSet'],
        commas(permissionSets),
      ),
      ['commaSeparatedProfile'],
      commas(profiles),
    )
  return {
    ...component,
    edit: (body) => {
      const is = present(body, `${component.type} ${component.fullName}`)
      return app.kind === 'connected' ? ofConnected(is) : ofExternal(is)
    },
  }
}
