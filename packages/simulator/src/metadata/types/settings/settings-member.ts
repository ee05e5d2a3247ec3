/** One member of Settings: what its file holds, what the org's state says of it, and what a deployment changes there. */
import type { OrgSettings } from '../../../state/settings.ts'
import type { Elements, JsonObject } from '../../elements.ts'

export interface SettingsMember {
  /** The member's name in a manifest and the name of its file. */
  readonly name: string
  readonly elements: Elements
  /** What the org's state says of it. */
  readonly read: (settings: OrgSettings, kept: JsonObject) => JsonObject
  /** What a body asks of the org's state. */
  readonly change: (body: JsonObject, settings: OrgSettings) => Partial<OrgSettings>
}
