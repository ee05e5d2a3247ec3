/**
 * Attempts of this very process of which it knows for certain what became of them: nothing has left yet, or the whole
 * answer was heard and only the store has yet to be told. However long the store keeps them waiting, they are no doubt.
 */
export const certainHere = new Set<string>()
