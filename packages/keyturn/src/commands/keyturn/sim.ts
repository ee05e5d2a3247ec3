import { writeFileSync } from 'node:fs'
import { boolean, integer, string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { defaultLoopback, redirectUriOf } from '../../connect/callback-server.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { loadScenario, loadSimulator, scenarioNames } from '../../sim/load-simulator.ts'
import { readyScreen } from '../../sim/ready-screen.ts'

/** So that `keyturn connect` works against it as it comes. */
const ourCallbacks = (['localhost', '127.0.0.1'] as const).map((host) => redirectUriOf({ host, ...defaultLoopback }))

/** Resolves when somebody ends this process in a friendly way. */
const asked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

export default class SimCommand extends KeyturnCommand {
  static override summary = 'Start a simulated Salesforce org on this machine'
  static override description =
    'Runs in the foreground until Ctrl-C: OAuth with refresh token rotation, REST and SOQL, SOAP login, faults at will. Prints its address and the users and apps it was seeded with. The control plane is below /__sim/. Needs the package @keyturn/simulator.'
  static override examples = [
    { description: 'On a free port, nothing kept', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'On port 8443 with HTTPS, state kept in a folder',
      command: '<%= config.bin %> <%= command.id %> --port 8443 --https --certificate sim.pem --dir ./sim',
    },
    {
      description: 'A company whose org nobody has looked after, to try an audit on',
      command: '<%= config.bin %> <%= command.id %> --scenario legacy-company',
    },
    {
      description: 'For a script: one line of JSON once it listens',
      command: '<%= config.bin %> <%= command.id %> --json',
    },
  ]
  static override flags = {
    port: integer({
      min: 1,
      max: 65_535,
      helpValue: 'PORT',
      description: 'Port of the org; the login host follows. Default: free ports',
    }),
    https: boolean({ description: 'HTTPS with a certificate made at the start' }),
    certificate: string({
      dependsOn: ['https'],
      helpValue: 'FILE',
      description: 'Write that certificate here, for NODE_EXTRA_CA_CERTS',
    }),
    dir: string({ helpValue: 'FOLDER', description: 'Keep the state here; default: in memory' }),
    scenario: string({
      options: scenarioNames,
      helpValue: 'SCENARIO',
      description: `Start with a ready-made org instead of an empty one: ${scenarioNames.join(', ')}`,
    }),
    seed: string({ helpValue: 'TEXT', description: 'The same seed makes the same ids and credentials' }),
    'clock-file': string({
      helpValue: 'FILE',
      description: 'A file that always holds the clock’s offset, for programs that follow it',
    }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(SimCommand)
    const ended = asked()
    const simulator = await this.start(flags)
    const { url, loginUrl, certificate } = simulator
    // The apps of a scenario stay as they are (what is wrong with them is the point of it), but for one to come in by.
    const isDoor = (name: string): boolean => flags.scenario === undefined || name === 'Team_CLI'
    const orgs = simulator.orgs.map((org) => ({
      ...org,
      apps: org.apps
        .map((app) => {
          if (app.callbacks.length === 0 || !isDoor(app.name)) return app
          const callbacks = [...new Set([...app.callbacks, ...ourCallbacks])]
          simulator.control.changeApp({ org: org.name, app: app.name, callbacks })
          return { ...app, callbacks }
        })
        .toSorted((a, b) => Number(isDoor(b.name)) - Number(isDoor(a.name))),
    }))
    if (flags.certificate !== undefined && certificate !== undefined) writeFileSync(flags.certificate, certificate)
    const ready = { url, loginUrl, control: `${url}/__sim/`, certificate: certificate ?? null, orgs }
    if (this.jsonEnabled()) process.stdout.write(`${JSON.stringify(ready)}\n`)
    const how = { bin: this.bin, width: this.width, scenario: flags.scenario !== undefined }
    for (const org of orgs) this.log(readyScreen(org, { loginUrl, control: ready.control }, how))
    this.log('Runs until Ctrl-C.')
    await ended
    await simulator.close()
    return ready
  }

  /** The one line was printed when the simulator was ready; the end adds nothing to it. */
  override logJson(json: unknown): void {
    if (typeof json === 'object' && json !== null && 'error' in json) super.logJson(json)
  }

  private async start(flags: {
    readonly port?: number | undefined
    readonly https: boolean
    readonly dir?: string | undefined
    readonly scenario?: string | undefined
    readonly seed?: string | undefined
    readonly 'clock-file'?: string | undefined
  }) {
    const startSimulator = await loadSimulator()
    const scenario = scenarioNames.find((name) => name === flags.scenario)
    try {
      return await startSimulator({
        https: flags.https,
        ...(scenario === undefined ? {} : { orgs: [await loadScenario(scenario)] }),
        ...(flags.port === undefined ? {} : { port: flags.port }),
        ...(flags.dir === undefined ? {} : { directory: flags.dir }),
        ...(flags.seed === undefined ? {} : { seed: flags.seed }),
        ...(flags['clock-file'] === undefined ? {} : { clockFile: flags['clock-file'] }),
      })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
      throw new KeyturnError('BAD_ARGUMENT', `Port ${flags.port ?? ''} cannot be used (${code})`, {
        fix: 'Choose another with --port, or leave it out for a free one.',
      })
    }
  }
}
