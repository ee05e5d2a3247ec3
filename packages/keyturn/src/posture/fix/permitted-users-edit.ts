/** Who may use an app: by administrators’ choice only, and these permission sets and profiles alone. */
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import { isOn, listOf, textOf, withElement } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import { valueAt } from '../change/same-body.ts'
import { commas as parted } from '../collectors/apps/app-settings.ts'
import type { AppFact } from '../facts.ts'
import { componentOf, present } from './app-element.ts'
import { requireFewerNames } from './never-wider.ts'
import type { Cover } from './permitted-cover.ts'

type Named = Pick<Cover, 'permissionSets' | 'profiles'>

const orNone = (names: readonly string[]): readonly string[] | undefined => (names.length === 0 ? undefined : names)
const commas = (names: readonly string[]): string | undefined => (names.length === 0 ? undefined : names.join(', '))

const textsOf = (value: MetadataValue): readonly string[] => listOf(value).flatMap((one) => textOf(one) ?? [])

/** `shownAs`: of a profile, what Setup calls it, which files may say as well. */
export const permittedUsersEdit = (
  app: AppFact,
  { permissionSets, profiles }: Named,
  shownAs: (profile: string) => string = (profile) => profile,
): ComponentEdit | null => {
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
  /** Null: whoever authorises it is let in. */
  const namedNow = (is: MetadataBody): Record<keyof Named, readonly string[]> | null =>
    app.kind === 'connected'
      ? isOn(valueAt(is, ['oauthConfig', 'isAdminApproved']))
        ? { permissionSets: textsOf(is['permissionSetName']), profiles: textsOf(is['profileName']) }
        : null
      : textOf(is['permittedUsersPolicyType']) === 'AdminApprovedPreAuthorized'
        ? {
            permissionSets: parted(textOf(is['commaSeparatedPermissionSet'])),
            profiles: parted(textOf(is['commaSeparatedProfile'])),
          }
        : null
  return {
    ...component,
    edit: (body) => {
      const is = present(body, `${component.type} ${component.fullName}`)
      const now = namedNow(is)
      const what = `Who may use ${app.label === '' ? app.name : app.label}`
      if (now !== null) {
        requireFewerNames(permissionSets, now.permissionSets, what)
        requireFewerNames(
          profiles.filter((profile) => !now.profiles.includes(shownAs(profile))),
          now.profiles,
          what,
        )
      }
      return app.kind === 'connected' ? ofConnected(is) : ofExternal(is)
    },
  }
}
