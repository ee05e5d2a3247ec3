/**
 * Attempts of this very process whose hearing is over and whose outcome the store could not be told (it was away when
 * Keyturn was closed, or refused the change). A living process proves nothing about its attempts; this does, and lets a
 * Keyturn that is opened again in the same process roll them forward from the journal.
 */
export const endedHere = new Set<string>()
