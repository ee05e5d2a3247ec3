/**
 * The parts of an external client app: components of their own, tied to the app by an element and not by their names.
 * An app that came with the org, or was made without them, has each of them under its default name.
 */
import type { SimApp } from '../../../state/apps.ts'
import type { Context, ComponentType } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { Elements, JsonObject } from '../../elements.ts'
import { ComponentProblem, required, text, textAt } from '../../elements.ts'
import { forgetRow, keep, renameRow, rowOf, rowsOf } from '../../store.ts'
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
  const keptName = (context: Context, app: string): string | undefined =>
    rowsOf(context.org, part.name).find((row) => textAt(row.body, link) === app)?.fullName
  const nameFor = (context: Context, app: string): string => keptName(context, app) ?? `${app}${part.nameEnd}`
  const all = (context: Context): ReadonlyMap<string, string> =>
    new Map(
      appsOf(context, 'external')
        .map((app) => fullNameOf(context, app))
        .map((app) => [nameFor(context, app), app]),
    )

  const type: ComponentType = componentType({
    ...part,
    elements: { ...part.elements, [link]: required(text), label: text },
    names: (context) => [...all(context).keys()],
    read: (context, fullName) => {
      const name = all(context).get(fullName)
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
      const known = keptName(context, name)
      const other = all(context).get(fullName)
      if ((known !== undefined && known !== fullName) || (other !== undefined && other !== name))
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
