/**
 * Bytes of an answer that may hold tokens: still a Buffer, but `util.inspect` and `JSON.stringify` show `[secret]`.
 */
import { inspect } from 'node:util'

export function quietBytes(bytes: Buffer): Buffer {
  const shown = { value: () => '[secret]', enumerable: false }
  return Object.defineProperties(bytes, { toJSON: shown, [inspect.custom]: shown })
}
