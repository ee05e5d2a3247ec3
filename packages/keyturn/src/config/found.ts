/** What the checks of keyturn.yaml hand to each other. */

/** A problem before its line is looked up. */
export interface Found {
  readonly path: readonly PropertyKey[]
  readonly message: string
}
