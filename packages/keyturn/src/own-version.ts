/** The version of this Keyturn: in the Salesforce CLI the host's configuration would tell the CLI's. */
import { readFileSync } from 'node:fs'

export const ownVersion = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
