/**
 * What every command shares: where the store and the key are, `--json`, and how a failure is told.
 *
 * A plain oclif `Command` and not `SfCommand`: that one brings its own @salesforce/core, and two cores that refresh the
 * same auth file take each other's token. The same classes run in our own bin and inside the Salesforce CLI, whose
 * oclif may be another version; `run` below therefore takes the host's configuration as it is.
 */
import { Command } from '@oclif/core/command'
import type { Config } from '@oclif/core/config'
import { string } from '@oclif/core/flags'
import type { Keyturn, OpenOptions } from '@keyturn/tokens'
import { paintFor } from './output/colour.ts'
import type { Paint } from './output/colour.ts'
import { progressOn } from './output/progress.ts'
import type { Progress } from './output/progress.ts'
import { widthOf, wrapText } from './output/terminal-text.ts'
import { keyForms } from './reference.ts'
import { environment, readSettings } from './settings.ts'
import type { Environment, SettingFlags, Settings } from './settings.ts'

export type Json = Readonly<Record<string, unknown>>

export abstract class KeyturnCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    store: string({
      helpGroup: 'GLOBAL',
      helpValue: 'URL',
      description: 'Store: sqlite:PATH or postgres://USER@HOST/DATABASE (KEYTURN_STORE)',
    }),
    key: string({
      helpGroup: 'GLOBAL',
      helpValue: 'REFERENCE',
      description: `Where the master key is: ${keyForms} (KEYTURN_MASTER_KEY)`,
    }),
    config: string({
      helpGroup: 'GLOBAL',
      helpValue: 'FILE',
      description: 'Settings file; default: keyturn.yaml here or above (KEYTURN_CONFIG)',
    }),
  }

  /** oclif's own `run` would load a configuration of this package's oclif over the host's. */
  static override async run<T extends Command>(
    this: new (argv: string[], config: Config) => T,
    argv?: string[],
    config?: unknown,
  ): Promise<ReturnType<T['run']>> {
    const command = new this(argv ?? [], config as Config)
    return (command as unknown as { _run(): Promise<ReturnType<T['run']>> })._run()
  }

  protected readonly env: Environment = environment()
  readonly #paint: Paint = paintFor(process.stdout, this.env)

  /** How the reader starts Keyturn. */
  protected get bin(): string {
    return this.config.bin === 'keyturn' ? 'keyturn' : `${this.config.bin} keyturn`
  }

  protected get paint(): Paint {
    return this.#paint
  }

  /** Sentences, broken at blanks on a terminal. */
  protected tell(text: string, indent = ''): void {
    this.log(wrapText(text, this.width, indent))
  }

  /** Undefined where stdout is no terminal: then nothing is cut or broken. */
  protected get width(): number | undefined {
    return widthOf(process.stdout)
  }

  protected progress(): Progress {
    return progressOn(process.stderr, this.jsonEnabled())
  }

  protected settings(flags: SettingFlags): Promise<Settings> {
    return readSettings(flags, process.cwd(), this.env)
  }

  protected async withKeyturn<T>(
    flags: SettingFlags,
    work: (keyturn: Keyturn, settings: Settings) => Promise<T>,
    more: Pick<OpenOptions, 'lostHostAfter'> = {},
  ): Promise<T> {
    const [settings, { withOpened }] = await Promise.all([this.settings(flags), import('./wiring/opened.ts')])
    return withOpened(settings, work, more)
  }

  /** The run went well and the answer is no. */
  protected answerNo(): void {
    process.exitCode = 1
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  }

  protected override async catch(thrown: Error & { readonly oclif?: { readonly exit?: number } }): Promise<void> {
    // `--help` and the like end by an exception; oclif's own handler knows it.
    if (thrown.oclif?.exit === 0) throw thrown
    const { reportError } = await import('./output/report-error.ts')
    reportError(thrown, { json: this.jsonEnabled(), bin: this.bin, env: this.env })
  }
}
