/** A public key or certificate in PEM as a flag names it: SPKI in base64. */
import { readFileSync } from 'node:fs'
import { KeyturnError } from '@keyturn/tokens'
import { readPublicKey } from '../broker/callers/assertion.ts'

const LARGEST = 100_000

export const readPublicKeyFile = (path: string): string => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new KeyturnError('BAD_ARGUMENT', `--public-key: ${path} can’t be read (${code})`)
  }
  return readPublicKey(text.slice(0, LARGEST))
}
