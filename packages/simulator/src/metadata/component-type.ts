/**
 * What a metadata type is: where its files lie, what may stand in them, who may write it, what is there now (read from
 * the state of the org, so that a retrieve shows the truth), and what a deployment of it does.
 */
import type { Access } from '../data/access.ts'
import type { Org } from '../state/org.ts'
import type { UserPermission } from '../data/user-permissions.ts'
import type { SetupEntry } from '../state/setup-changes.ts'
import type { Elements, JsonObject } from './elements.ts'

/** One call or job, as far as a type has to know of it. */
export interface Context {
  readonly org: Org
  /** Every org of the simulator: consumer keys are unique among all. */
  readonly orgs: readonly Org[]
  readonly userId: string
  readonly access: Access
  readonly version: number
  readonly ignoreWarnings: boolean
  audit(entries: readonly SetupEntry[]): void
  /** For what can't be undone: ended tokens and what the event log says of them. */
  afterwards(effect: () => void): void
}

export interface ComponentType {
  readonly name: string
  readonly directory: string
  readonly suffix: string
  /** A content file with its elements in a `-meta.xml` beside it. */
  readonly hasContent: boolean
  /** First API version. */
  readonly since: number
  readonly idPrefix: string
  readonly elements: Elements
  /** Any of these lets the caller write it, besides the right to use the Metadata API. */
  readonly needs: readonly UserPermission[]
  /** The XML root of its file: settings have one per member. */
  rootOf(fullName: string): string
  elementsOf(fullName: string): Elements | undefined
  /** Whether this org has the type at all. */
  isAvailable(context: Context): boolean
  names(context: Context): readonly string[]
  read(context: Context, fullName: string): JsonObject | undefined
  /** The id of the record behind a component, where there is one. */
  recordId(context: Context, fullName: string): string | undefined
  /** Namespace of the package it came in; null: it is this org's own. */
  namespaceOf(context: Context, fullName: string): string | null
  /** Creates or changes it; `before` is what `read` says now. Throws a ComponentProblem where Salesforce refuses. */
  apply(context: Context, fullName: string, body: JsonObject, before: JsonObject | undefined): void
  remove(context: Context, fullName: string): void
  /** Where it can be renamed. */
  readonly rename?: (context: Context, fullName: string, to: string) => void
}

/** A type with what most types have. */
export function componentType(
  declared: Pick<ComponentType, 'name' | 'directory' | 'suffix' | 'since' | 'idPrefix' | 'elements' | 'needs'> &
    Pick<ComponentType, 'names' | 'read' | 'apply' | 'remove'> &
    Partial<ComponentType>,
): ComponentType {
  return {
    hasContent: false,
    rootOf: () => declared.name,
    elementsOf: () => declared.elements,
    isAvailable: () => true,
    recordId: () => undefined,
    namespaceOf: () => null,
    ...declared,
  }
}
