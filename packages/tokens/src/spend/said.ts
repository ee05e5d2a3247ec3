/**
 * Words of the other side, as they may stand in errors, events and the ledger: short, printable, and without anything
 * that could be a token. An endpoint may echo what it was sent.
 */
const LONGEST = 300
/** No word of a language is so long; every token, secret and session id is. */
const tokenLike = /[A-Za-z0-9+/=_.!~%-]{24,}/g

export const said = (text: string): string =>
  text
    .slice(0, 10_000)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .replaceAll(tokenLike, (word) => (/^[a-z_]+$/.test(word) ? word : '[removed]'))
    .slice(0, LONGEST)
    .trim()
