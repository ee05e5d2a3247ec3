/**
 * A value that can't print itself.
 *
 * The text is kept in a private field, so that `String(secret)`, template literals, `JSON.stringify`, `util.inspect`,
 * `console.log` and structured clones of an object that holds one all show `[secret]`. The one way out is `reveal()`:
 * grep for it to see every place where a secret leaves its box.
 */
import { inspect } from 'node:util'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The secret text. Call it where the text is used (a request body, a cipher), never to pass it along. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

/** Wraps a text where a `Secret` is wanted; leaves a `Secret` as it is. */
export const secret = (text: string | Secret): Secret => (text instanceof Secret ? text : new Secret(text))
