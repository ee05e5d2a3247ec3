/**
 * A browser for `sf org login web`: a program that follows an address in the background, as a browser would. It must
 * return at once, because sf answers its callback only after the browser's launcher has ended.
 */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Simulator } from '@keyturn/simulator'
import { freePort } from '../free-port.ts'
import { good, localhost, type Workplace } from './sf-cli.ts'

/** Logs in as a person would; `app` PlatformCLI is what sf takes by itself. Returns what sf answered. */
export const loginWeb = async (
  sim: Simulator,
  place: Workplace,
  user: string,
  alias: string,
  env: Readonly<Record<string, string>> = {},
) => {
  const browser = join(place.folder, 'browser')
  // Asked again when sf was not yet listening to its callback: a code of its own each time.
  const script = `for (let n = 0; n < 20; n++) {
    const page = await fetch(process.argv[1], { signal: AbortSignal.timeout(10_000) }).catch(() => null)
    if (page !== null) break
  }`
  writeFileSync(
    browser,
    `#!/bin/sh\n"${process.execPath}" --input-type=module -e '${script}' "$1" >/dev/null 2>&1 </dev/null &\n`,
  )
  chmodSync(browser, 0o755)
  // sf listens on 1717 unless the project says otherwise; another port lets two test runs pass each other.
  const port = await freePort()
  writeFileSync(
    join(place.folder, 'sfdx-project.json'),
    JSON.stringify({ packageDirectories: [{ path: 'force-app', default: true }], oauthLocalPort: port }),
  )
  sim.control.changeApp({
    app: 'PlatformCLI',
    callbacks: [`http://localhost:${port}/OauthRedirect`],
    settings: { autoApprove: user },
  })
  return good(
    await place.sfJson(['org', 'login', 'web', '--instance-url', localhost(sim), '--alias', alias], {
      env: { ...env, BROWSER: browser },
    }),
  )
}
