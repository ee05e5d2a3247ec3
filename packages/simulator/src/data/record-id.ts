/** Salesforce record ids: 15 characters whose case matters, or 18 with a suffix that encodes that case. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

export function checksum(id15: string): string {
  let suffix = ''
  for (let block = 0; block < 15; block += 5) {
    let bits = 0
    for (let bit = 0; bit < 5; bit++) {
      if (/[A-Z]/.test(id15.charAt(block + bit))) bits |= 1 << bit
    }
    suffix += alphabet.charAt(bits)
  }
  return suffix
}

/** The 18-character form of an id in either form; undefined when the text is no id. */
export function canonicalId(text: string): string | undefined {
  if (!/^[A-Za-z0-9]+$/.test(text)) return undefined
  if (text.length === 15) return text + checksum(text)
  return text.length === 18 && checksum(text.slice(0, 15)) === text.slice(15) ? text : undefined
}
