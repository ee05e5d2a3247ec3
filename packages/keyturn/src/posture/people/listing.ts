/** What a view shows, free of any format: sentences, tables of texts, and what to do. Texts are the org’s, as they are. */
interface ListingTable {
  readonly title: string
  readonly columns: readonly { readonly title: string; readonly right?: true; readonly spared?: number }[]
  readonly rows: readonly (readonly string[])[]
}

export interface ListingStep {
  readonly title: string
  readonly lines: readonly string[]
  /** To be typed as they stand. */
  readonly commands: readonly string[]
}

export interface Listing {
  readonly title: string
  readonly about: string
  readonly sentences: readonly string[]
  /** The first is what CSV holds. */
  readonly tables: readonly ListingTable[]
  readonly steps: readonly ListingStep[]
  readonly blind: readonly string[]
}
