/** Settings: one file per member, each with an XML type of its own. There is exactly one of each; none can be deleted. */
import { orgEntries } from '../../../state/setup-changes.ts'
import type { Context } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, objectAt, present } from '../../elements.ts'
import { bodyOf, keep } from '../../store.ts'
import { connectedAppMember, externalClientAppMember, myDomainMember, oauthOidcMember } from './oauth-members.ts'
import { securityMember } from './security-member.ts'
import type { SettingsMember } from './settings-member.ts'

const members: Readonly<Record<string, SettingsMember>> = Object.fromEntries(
  [securityMember, connectedAppMember, oauthOidcMember, externalClientAppMember, myDomainMember].map((one) => [
    one.name,
    one,
  ]),
)

const type = 'Settings'
const typeNameOf = (member: string): string => `${member}Settings`

/** Groups are laid over what is there, element by element; lists replace lists. */
function over(kept: JsonObject, body: JsonObject): JsonObject {
  const inner = Object.entries(body).map(([name, value]) => {
    const [was, is] = [objectAt(kept, name), objectAt(body, name)]
    return [name, was !== undefined && is !== undefined ? over(was, is) : value]
  })
  return present({ ...kept, ...Object.fromEntries(inner) })
}

function read({ org }: Context, name: string): JsonObject | undefined {
  const member = members[name]
  if (member === undefined) return undefined
  return present(member.read(org.settings(), bodyOf(org, type, name)))
}

export const settings = componentType({
  name: type,
  directory: 'settings',
  suffix: 'settings',
  since: 31,
  idPrefix: '0sE',
  needs: ['CustomizeApplication'],
  elements: {},
  rootOf: typeNameOf,
  elementsOf: (name) => members[name]?.elements,
  names: () => Object.keys(members),
  read,
  apply: (context, name, body) => {
    const { org } = context
    const member = members[name]
    if (member === undefined)
      throw new ComponentProblem(`No settings named ${name}`, { statusCode: 'INVALID_CROSS_REFERENCE_KEY' })
    const before = org.settings()
    const after = org.changeSettings(member.change(body, before) as Readonly<Record<string, unknown>>)
    const entries = orgEntries(before, after)
    const display = `Organization setup action: ${typeNameOf(name)} has changed.`
    context.audit(entries.length > 0 ? entries : [{ action: `${typeNameOf(name)}Changed`, section: null, display }]) // guessed
    keep(context, settings, name, over(bodyOf(org, type, name), body))
  },
  remove: (_context, name) => {
    throw new ComponentProblem(`Settings can’t be deleted: ${name}`, { statusCode: 'INVALID_ID_FIELD' })
  },
})

/** The name that readMetadata and its kin know a settings member by: SecuritySettings. */
export const settingsMemberOf = (typeName: string): string | undefined =>
  Object.keys(members).find((name) => typeNameOf(name) === typeName)
