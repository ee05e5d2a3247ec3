/**
 * What a reference looks like on the command line and in keyturn.yaml. Loaded by the fast lane: no schema, no import but
 * of paths. The library resolves them; `secret-managers/` brings `vault:` and `aws:`.
 */
import { isAbsolute, resolve } from 'node:path'

/** Where a secret may be. */
export const secretReference = /^(env|file|command|vault|aws):./s

/** Where a master key may be: also in the desktop's keyring. */
export const keyReference = /^(env|file|command|vault|aws|keyring):./s

export const secretForms = 'env:NAME, file:PATH, command:…, vault:PATH#FIELD or aws:SECRET_ID#KEY'

export const keyForms = 'env:NAME, file:PATH, command:…, vault:PATH#FIELD, aws:SECRET_ID#KEY or keyring:NAME'

/** `file:./x` and `sqlite:./x` relative to the folder of the file that says so. */
export const anchored = (value: string, folder: string): string => {
  const match = /^(sqlite|file):(?!\/\/)(.+)$/s.exec(value)
  return match?.[2] === undefined || isAbsolute(match[2]) ? value : `${match[1]}:${resolve(folder, match[2])}`
}
