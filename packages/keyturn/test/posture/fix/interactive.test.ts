/** `keyturn fix` with a person at a terminal: asked once, a yes is carried out, anything else changes nothing. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { scenario, startSimulator } from '@keyturn/simulator'
import { bin, makeFolder } from '../../cli.ts'

/** A pseudo-terminal: util-linux's, with a command as one word. */
const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

test(
  'at a terminal the change is shown and asked for; “yes” makes it, “y” does not',
  { skip: !hasScript && 'NOT RUN: script (util-linux) gives no pseudo-terminal here' },
  async (t) => {
    const sim = await startSimulator({ seed: 'interactive', orgs: [scenario('legacy-company')] })
    t.after(() => sim.close())
    const folder = makeFolder(t)
    const { clientId, clientSecret, refreshToken } = sim.control.grant({
      user: 'ada.admin@legacy.example',
      app: 'Team_CLI',
    })
    const env = { ...folder.env, APP_SECRET: clientSecret, TERM: 'xterm', COLUMNS: '100' }
    assert.equal((await folder.run(['init'])).code, 0)
    const connect = ['connect', 'acme', '--refresh-token-stdin', '--login-url', sim.url, '--client-id', clientId]
    const connected = await folder.run([...connect, '--client-secret-ref', 'env:APP_SECRET'], {
      stdin: `${refreshToken}\n`,
      env,
    })
    assert.equal(connected.code, 0, connected.stderr)

    const answered = async (answer: string): Promise<{ readonly code: number | null; readonly screen: string }> => {
      const command = [process.execPath, bin, 'fix', 'acme', 'csrf-get'].map(quoted).join(' ')
      const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder.path, env, stdio: 'pipe' })
      t.after(() => void child.kill('SIGKILL'))
      let screen = ''
      let asked = false
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        screen += text
        if (asked || !/Type yes: /.test(screen)) return
        asked = true
        child.stdin.write(`${answer}\r`)
      })
      const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
      assert(asked, `nobody was asked:\n${screen}`)
      return { code, screen }
    }
    const isOn = (): boolean =>
      /"enableCSRFOnGet":"?true/.test(JSON.stringify(sim.control.components({ type: 'Settings' })))

    const declined = await answered('y')
    assert.equal(declined.code, 1, declined.screen)
    assert.match(declined.screen, /Not confirmed; nothing was changed/)
    assert.equal(isOn(), false)
    const agreed = await answered('yes')
    assert.equal(agreed.code, 0, agreed.screen)
    assert.match(agreed.screen, /\+ +<enableCSRFOnGet>true/)
    assert.equal(isOn(), true)
  },
)
