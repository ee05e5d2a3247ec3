/**
 * The people that were found get one permission set of Keyturn’s own, which holds this one permission and nothing else:
 * an existing set might give more than it asks.
 */
import { KeyturnError } from '@keyturn/tokens'
import { elementsOf } from '../../../org/metadata-component.ts'
import type { MetadataBody } from '../../../org/metadata-component.ts'
import type { RecordEdit } from '../../change/org-change.ts'
import type { Fix, Unfixable } from '../../fix/fix.ts'
import { usersByName } from '../indexes.ts'
import { permission as exemption } from '../user-mfa-bypass/control.ts'
import { permission } from './control.ts'

export const setName = 'Keyturn_MFA_For_UI_Logins'

const harmless = new Set(['label', 'description', 'hasActivationRequired', 'fullName', 'license'])

const onlyMfa = (body: MetadataBody | null): MetadataBody => {
  if (body === null)
    return {
      description: 'Asks for a second factor at logins to the user interface. Made by Keyturn; gives nothing.',
      hasActivationRequired: 'false',
      label: 'Keyturn MFA for UI logins',
      userPermissions: [{ enabled: 'true', name: permission }],
    }
  const held = [body['userPermissions'] ?? []].flat().map((one) => elementsOf(one)['name'])
  const more = Object.keys(body).filter(
    (key) => key !== 'userPermissions' && !harmless.has(key) && !key.startsWith('@'),
  )
  if (more.length > 0 || held.some((name) => name !== permission))
    throw new KeyturnError(
      'ORG_REFUSED',
      `The permission set ${setName} holds more than ${permission}: giving it would widen access`,
    )
  return { ...body, userPermissions: [{ enabled: 'true', name: permission }] }
}

export const fix: Fix = {
  control: 'people-mfa-asked',
  plan: (findings, { facts: { users } }) => {
    const byName = users.is === 'known' ? usersByName(users.value) : new Map<string, never>()
    const unfixable: Unfixable[] = []
    const found = findings.flatMap(({ subject }) => {
      const user = byName.get(subject.replace(/^user:/u, ''))
      const isExempt = user?.permissions.is === 'known' && user.permissions.value.includes(exemption)
      if (user !== undefined && !isExempt) return [{ subject, user }]
      const why = isExempt
        ? `It holds ${exemption}, which no permission set overrules: user-mfa-bypass is fixed first.`
        : 'The user is not among those that were read.'
      unfixable.push({ subject, why })
      return []
    })
    if (found.length === 0) return { fixes: [], unfixable }
    const records = found.flatMap(({ user: { id, username, permissionSets } }): readonly RecordEdit[] =>
      permissionSets.is === 'known' && permissionSets.value.includes(setName)
        ? []
        : [
            {
              is: 'create',
              object: 'PermissionSetAssignment',
              name: `${setName} for ${username}`,
              fields: { AssigneeId: id },
              named: { PermissionSetId: { object: 'PermissionSet', name: setName } },
            },
          ],
    )
    return {
      fixes: [
        {
          subjects: found.map(({ subject }) => subject),
          change: {
            title: `Ask ${found.length} privileged people for a second factor`,
            components: [{ type: 'PermissionSet', fullName: setName, edit: onlyMfa }],
            records,
            clicks: [],
          },
          restricts: [{ is: 'mfa', users: found.map(({ user }) => user.username) }],
        },
      ],
      unfixable,
    }
  },
}
