/** What one may choose of a ready-made org. */
export interface ScenarioOptions {
  /** The org's short name; default: the scenario's. */
  readonly name?: string
  /** The same seed gives the same people, logins and dates before now. */
  readonly seed?: string
  /** Names with markup, formulas and terminal sequences here and there. */
  readonly hostile?: boolean
}
