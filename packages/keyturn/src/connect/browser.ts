/** Opens the system's browser. The address is no secret: without the PKCE verifier it buys nothing. */
import { spawn } from 'node:child_process'
import type { Environment } from '../settings.ts'

const commandFor = (url: string, platform: NodeJS.Platform, env: Environment): readonly [string, readonly string[]] => {
  const named = env['BROWSER']
  if (named !== undefined && named !== '') return [named, [url]]
  if (platform === 'darwin') return ['open', [url]]
  // Not `start`, whose shell would interpret the ampersands.
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}

/** False when none could be started: then the person opens the printed address. */
export const openBrowser = (url: string, env: Environment): Promise<boolean> =>
  new Promise((resolve) => {
    const [command, args] = commandFor(url, process.platform, env)
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
