/**
 * The parts of an external client app: components of their own, tied to the app by an element and not by their names.
 * An app that came with the org, or was made without them, has each of them under its default name.
 */
import type { SimApp } from '../../../state/apps.ts'
import type { Context, ComponentType } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { Elements, JsonObject } from '../../elements.ts'
import { ComponentProblem, required, text, textAt } from '../../elements.ts'
import { forgetRow, keep, renameRow, rowOf } from '../../store.ts'
import { appNamed, appsOf, fullNameOf } from './deploy-app.ts'

export interface PartDeclaration {
  readonly name: string
  readonly directory: string
  readonly suffix: string
  readonly since: number
  readonly idPrefix: string
  /** Behind the app's name, where nobody chose another. */
  readonly nameEnd: string
  readonly needs: ComponentType['needs']
  readonly elements: Elements
  readonly isAvailable?: (context: Context) => boolean
  /** What the app's state says; `kept`: what was deployed. */
  readonly read: (context: Context, app: SimApp, kept: JsonObject) => JsonObject
  readonly apply: (context: Context, app: SimApp, body: JsonObject, isNew: boolean) => JsonObject
}

export function appPart(part: PartDeclaration): ComponentType {
  const link = 'externalClientApplication'
  const keptNames = ({ org }: Context): ReadonlyMap<string, string> => {
    const rows = org
      .sql(`SELECT fullName, json_extract(body, '$.${link}') AS app FROM sim_component WHERE type = ?`)
      .all(part.name)
    return new Map(rows.map((row) => [String(row['app']), String(row['fullName'])]))
  }
  /** The app that a part belongs to, by what was deployed or by its default name. */
  const ownerOf = (context: Context, fullName: string): string | undefined => {
    const linked = textAt(rowOf(context.org, part.name, fullName)?.body, link)
    if (linked !== undefined) return linked
    const name = fullName.endsWith(part.nameEnd) ? fullName.slice(0, -part.nameEnd.length) : undefined
    return name === undefined || keptNames(context).has(name) ? undefined : name
  }

  const type: ComponentType = componentType({
    ...part,
    elements: { ...part.elements, [link]: required(text), label: text },
    names: (context) => {
      const kept = keptNames(context)
      return appsOf(context, 'external').map((app) => {
        const name = fullNameOf(context, app)
        return kept.get(name) ?? `${name}${part.nameEnd}`
      })
    },
    read: (context, fullName) => {
      const name = ownerOf(context, fullName)
      const app = name === undefined ? undefined : appNamed(context, 'external', name)
      if (app === undefined) return undefined
      const kept = rowOf(context.org, part.name, fullName)?.body ?? {}
      return { label: fullName, ...part.read(context, app, kept), [link]: name }
    },
    apply: (context, fullName, body) => {
      const name = textAt(body, link) ?? ''
      const app = appNamed(context, 'external', name)
      if (app === undefined)
        throw new ComponentProblem(`In field: ${link} - no ExternalClientApplication named ${name} found`, {
          statusCode: 'INVALID_CROSS_REFERENCE_KEY',
        })
      const known = keptNames(context).get(name)
      const other = ownerOf(context, fullName) ?? name
      const taken = other !== name && appNamed(context, 'external', other) !== undefined
      if ((known !== undefined && known !== fullName) || taken)
        throw new ComponentProblem(`duplicate value found: ${name} already has ${known ?? fullName}`, {
          statusCode: 'DUPLICATE_VALUE',
        })
      const kept = rowOf(context.org, part.name, fullName)?.body ?? {}
      const open = part.apply(context, app, body, known === undefined)
      keep(context, type, fullName, { ...kept, ...open, [link]: name })
    },
    remove: ({ org }, fullName) => forgetRow(org, part.name, fullName),
    rename: ({ org }, fullName, to) => renameRow(org, part.name, fullName, to),
  })
  return type
}
