/**
 * The text of a body, whatever a proxy did to it. We ask for `identity`, but an answer that bought a token must be read
 * all the same when something in between compressed it; also the beginning of one that was cut.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib'
import { quietBytes } from './quiet-bytes.ts'

const largest = 1_048_576

/** The body decoded as far as it goes; null when it can't be (unknown coding, garbage). */
export function plainBody(headers: Readonly<Record<string, string>>, body: Buffer): Buffer | null {
  const zlib = { maxOutputLength: largest, finishFlush: constants.Z_SYNC_FLUSH }
  try {
    switch (headers['content-encoding']?.trim().toLowerCase() ?? 'identity') {
      case '':
      case 'identity':
        return body
      case 'gzip':
      case 'x-gzip':
        return quietBytes(gunzipSync(body, zlib))
      case 'deflate':
        return quietBytes(inflateSync(body, zlib))
      case 'br':
        return quietBytes(
          brotliDecompressSync(body, { maxOutputLength: largest, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
        )
      default:
        return null
    }
  } catch {
    return null
  }
}
