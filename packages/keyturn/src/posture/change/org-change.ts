/**
 * What is to be changed in an org, as data: metadata components, records, and what only a person can click. One change is
 * shown, dry-run, applied, verified and taken back as a whole.
 */
import type { Json } from '@keyturn/tokens'
import type { ComponentName, MetadataBody } from '../../org/metadata-component.ts'

export interface ComponentEdit extends ComponentName {
  /** Root element of its file, where that is not the type: `SecuritySettings` of the type `Settings`. */
  readonly root?: string
  /**
   * What it shall be, of what it is (null: there is none). Pure, and without effect on its own result: applied twice it
   * changes nothing more. Throws ORG_REFUSED where what is there can't be changed so.
   */
  readonly edit: (body: MetadataBody | null) => MetadataBody
}

export type RecordEdit = {
  readonly object: string
  /** For people: `permission set Erp for erp@acme.example`. No secret. */
  readonly name: string
} & (
  | {
      readonly is: 'create'
      readonly fields: Readonly<Record<string, Json>>
      /** Fields that get the id of a component the same change may have made: by object and name, of this org’s own. */
      readonly named?: Readonly<Record<string, { readonly object: 'PermissionSet'; readonly name: string }>>
    }
  | { readonly is: 'update'; readonly id: string; readonly fields: Readonly<Record<string, Json>> }
  | { readonly is: 'delete'; readonly id: string }
)

export interface OrgChange {
  /** One line: `Require PKCE of Erp`. */
  readonly title: string
  readonly components: readonly ComponentEdit[]
  /** After the components, in this order. */
  readonly records: readonly RecordEdit[]
  /** What no API can do: clicks for a person, one a line. */
  readonly clicks: readonly string[]
}
