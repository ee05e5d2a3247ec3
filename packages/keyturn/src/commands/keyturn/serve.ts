import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { boolean, string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import type { BrokerFact } from '../../broker/check-broker.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { table } from '../../output/table.ts'
import { ownVersion } from '../../own-version.ts'
import { resolversOf } from '../../settings.ts'
import type { Settings } from '../../settings.ts'

/** Resolves when somebody ends this process in a friendly way. */
const asked = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })

export default class ServeCommand extends KeyturnCommand {
  static override summary = 'Start the broker: one place that holds the tokens, for clients that cannot'
  static override description =
    'Runs in the foreground until Ctrl-C or SIGTERM; then it takes no new requests, finishes those that run and any exchange in flight. Settings: the section broker of keyturn.yaml. Callers are enrolled with `caller add`. Several processes on one PostgreSQL store behave as one. Logs are JSON lines on stderr.'
  static override examples = [
    {
      description: 'On http://127.0.0.1:8787, or as keyturn.yaml says',
      command: '<%= config.bin %> <%= command.id %>',
    },
    { description: 'What would go wrong', command: '<%= config.bin %> <%= command.id %> --check' },
    {
      description: 'A private CA and a certificate for the broker',
      command: '<%= config.bin %> <%= command.id %> --make-ca ./tls --for broker.example.com --for 10.0.0.7',
    },
    {
      description: 'A certificate for a client',
      command: '<%= config.bin %> <%= command.id %> --make-ca ./tls --client etl',
    },
  ]
  static override flags = {
    check: boolean({
      description: 'Only look at settings, certificates, store and callers; exits with 1 when something is bad',
    }),
    'make-ca': string({
      helpValue: 'FOLDER',
      exclusive: ['check'],
      description: 'Make certificates in this folder, signed by the CA there (made when there is none), and end',
    }),
    for: string({
      multiple: true,
      dependsOn: ['make-ca'],
      helpValue: 'NAME',
      description: 'Host name or address that the broker’s certificate is for',
    }),
    client: string({
      multiple: true,
      dependsOn: ['make-ca'],
      helpValue: 'NAME',
      description: 'Make a client certificate of that name; its fingerprint is for `caller add --certificate`',
    }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(ServeCommand)
    if (flags['make-ca'] !== undefined)
      return this.makeCertificates(flags['make-ca'], flags.for ?? [], flags.client ?? [])
    const settings = await this.settings(flags)
    return flags.check ? this.check(settings) : this.serve(settings)
  }

  private async makeCertificates(folder: string, names: readonly string[], clients: readonly string[]): Promise<Json> {
    const { makeCertificates } = await import('../../broker/certificates.ts')
    const { ca, made } = await makeCertificates({
      folder: resolve(folder),
      names: names.length === 0 && clients.length === 0 ? ['localhost', '127.0.0.1'] : names,
      clients,
      clock: systemClock,
      random: randomBytes,
    })
    for (const { what, name, cert, fingerprint } of made) this.log(`${what} ${name}: ${cert}  sha256 ${fingerprint}`)
    this.log(`Callers must trust ${ca} (NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, a Java trust store).`)
    return { ca, made }
  }

  private async brokerSettings(settings: Settings) {
    const { config, folder, env } = settings
    const { brokerSettings } = await import('../../broker/broker-settings.ts')
    return brokerSettings(config.broker ?? {}, folder, env, resolversOf(settings))
  }

  private async check(settings: Settings): Promise<Json> {
    const broker = await this.brokerSettings(settings)
    const [{ checkBroker }, { manageCallers }, { openLog }, { withOpened }] = await Promise.all([
      import('../../broker/check-broker.ts'),
      import('../../broker/callers/manage-callers.ts'),
      import('../../broker/log.ts'),
      import('../../wiring/opened.ts'),
    ])
    const log = openLog({ clock: systemClock, level: 'warn', write: (line) => process.stderr.write(line) })
    const facts: readonly BrokerFact[] = await withOpened(settings, (keyturn) =>
      checkBroker(
        broker,
        keyturn,
        manageCallers({ keyturn, clock: systemClock, random: randomBytes, log }),
        systemClock,
        Object.keys(settings.config.notify?.channels ?? {}),
      ),
    )
    this.log(
      table(
        facts,
        [
          { title: '', of: ({ status }) => status },
          { title: 'WHAT', of: ({ what }) => what },
          { title: '', of: ({ text }) => text },
        ],
        this.width,
      ),
    )
    if (facts.some(({ status }) => status === 'bad')) this.answerNo()
    return { facts }
  }

  private async serve(settings: Settings): Promise<Json> {
    const broker = await this.brokerSettings(settings)
    const ended = asked()
    const [{ openBroker }, { openLog }, { withOpened }, { withNotifier }, { openSchedule }] = await Promise.all([
      import('../../broker/server.ts'),
      import('../../broker/log.ts'),
      import('../../wiring/opened.ts'),
      import('../../wiring/with-notifier.ts'),
      import('../../wiring/schedule-opened.ts'),
    ])
    const log = openLog({ clock: systemClock, level: broker.log, write: (line) => process.stderr.write(line) })
    const { env, folder, config } = settings
    return withOpened(
      settings,
      (keyturn) =>
        withNotifier(settings, { store: keyturn.store, log }, async (notifier) => {
          const caFile = config.caFile === undefined ? {} : { caFile: resolve(folder, config.caFile) }
          const opened = await openBroker({
            settings: broker,
            keyturn,
            clock: systemClock,
            log,
            env,
            version: ownVersion(),
            notifier,
            ...caFile,
          })
          try {
            const ready = { addresses: opened.addresses }
            if (this.jsonEnabled()) process.stdout.write(`${JSON.stringify(ready)}\n`)
            else this.log(`The broker listens on ${opened.addresses.join(', ')}. Runs until Ctrl-C.`)
            const schedule = await openSchedule({ keyturn, settings, notifier, log })
            log.info('listening', { ...ready, rotation: schedule !== null })
            await ended
            log.info(
              'ending: no new requests, those that run are finished, and the step of a rotation that is under way',
            )
            await Promise.all([opened.close(), schedule?.close()])
            log.info('ended')
            return ready
          } finally {
            await opened.close()
          }
        }),
      { sweepEvery: broker.sweepEvery },
    )
  }

  /** The one line was printed when the broker was ready; its end adds nothing. */
  override logJson(json: unknown): void {
    if (typeof json !== 'object' || json === null || !('addresses' in json)) super.logJson(json)
  }
}
