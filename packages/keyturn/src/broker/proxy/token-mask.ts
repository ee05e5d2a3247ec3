/**
 * The real token never leaves the broker, also not in a body that quotes it (an Apex class that answers
 * `UserInfo.getSessionId()`, a page that prints its session): as the bytes pass, the real one is replaced by the
 * caller's own virtual token. Nothing is kept back but a beginning of the token at the end of a chunk.
 *
 * What is looked for is what stands behind the `!`: letters, digits, dots and underscores, which look the same in JSON,
 * XML, HTML, forms and URLs, where the `!` itself may be written in several ways. What stands in front of it is the org's
 * id and the same in both. A token that is changed on the way (cut, reversed, encoded anew by code in the org) can't be
 * recognised: SECURITY.md says so.
 */
export interface TokenMask {
  /** What may go on now. */
  push(chunk: Buffer): Buffer
  /** What was kept back. */
  end(): Buffer
}

const behind = (token: string): string => token.slice(token.indexOf('!') + 1)

/** How many bytes at the end of `bytes` are a beginning of `wanted`. */
const overlapOf = (bytes: Buffer, wanted: Buffer): number => {
  const first = wanted[0] ?? 0
  const from = Math.max(0, bytes.length - wanted.length + 1)
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (bytes.compare(wanted, 0, bytes.length - at, at) === 0) return bytes.length - at
  }
  return 0
}

/** `sameLength`: where the length was announced already, the token is crossed out instead. */
export const tokenMask = (real: string, virtual: string, sameLength: boolean): TokenMask => {
  const wanted = Buffer.from(behind(real), 'latin1')
  const instead = sameLength ? Buffer.alloc(wanted.length, '*') : Buffer.from(behind(virtual), 'latin1')
  let kept: Buffer = Buffer.alloc(0)
  return {
    push: (chunk) => {
      const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
      const parts: Buffer[] = []
      let done = 0
      for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, done)) {
        parts.push(bytes.subarray(done, at), instead)
        done = at + wanted.length
      }
      const rest = done === 0 ? bytes : bytes.subarray(done)
      const overlap = overlapOf(rest, wanted)
      kept = overlap === 0 ? Buffer.alloc(0) : Buffer.from(rest.subarray(rest.length - overlap))
      const out = overlap === 0 ? rest : rest.subarray(0, rest.length - overlap)
      return parts.length === 0 ? out : Buffer.concat([...parts, out])
    },
    end: () => kept,
  }
}

/** In bytes that are all there is. Nearly always nothing is found, and they go on as they are. */
export const maskWhole = (bytes: Buffer, real: string, virtual: string): Buffer => {
  if (bytes.indexOf(behind(real), 0, 'latin1') < 0) return bytes
  const mask = tokenMask(real, virtual, false)
  return Buffer.concat([mask.push(bytes), mask.end()])
}

/** In text that is there as a whole. */
export const maskText = (text: string, real: string, virtual: string): string =>
  text.replaceAll(behind(real), behind(virtual))

/** Whether a header's value holds it, in whatever form. */
export const holdsToken = (value: string, real: string): boolean => value.includes(behind(real))

/** In which a token would be text: its answers are read as they come, so their length may change. */
export const isText = (contentType: string | undefined): boolean =>
  contentType === undefined || /^\s*(text\/|[^;]*(json|xml|javascript|csv|x-www-form-urlencoded))/i.test(contentType)
