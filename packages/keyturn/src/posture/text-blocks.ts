/** Small pieces of text together, so that a file or a pipe is written with few calls and without holding the whole. */
const characters = 65_536

export function* inBlocks(parts: Iterable<string>): Generator<string> {
  let block = ''
  for (const part of parts) {
    block += part
    if (block.length < characters) continue
    yield block
    block = ''
  }
  if (block !== '') yield block
}
