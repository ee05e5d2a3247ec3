import { systemClock } from '@keyturn/tokens'
import { quietLog } from '../../../caller/quiet-log.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'

export default class ScheduleRunCommand extends KeyturnCommand {
  static override summary = 'One round of the schedule: turn what is due, go on with runs, tell people'
  static override description =
    'What `keyturn serve` does each minute, once, for cron or a systemd timer. It may run beside a broker and on several hosts: nothing is turned twice. Ctrl-C ends it after the steps that are under way. Exit code 1 when a run was taken back, halted, waits for a person or could not begin.'
  static override examples = [
    { description: 'From a timer, every few minutes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(ScheduleRunCommand)
    const ending = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const [{ openRotationOf }, { linksOf, watchesOf }, { withNotifier }, { wholeRound }] = await Promise.all([
        import('../../../wiring/rotation-opened.ts'),
        import('../../../wiring/schedule-opened.ts'),
        import('../../../wiring/with-notifier.ts'),
        import('../../../rotation/schedule/schedule-loop.ts'),
      ])
      return withNotifier(settings, { store: keyturn.store, log: quietLog }, async (notifier) => {
        const world = { keyturn, settings, notifier, log: quietLog }
        const reauthorise = linksOf(world)
        const opened = openRotationOf({ keyturn, settings }, reauthorise === undefined ? {} : { reauthorise })
        try {
          const parts = {
            rotation: opened.rotation,
            records: keyturn.store.records,
            clock: systemClock,
            notifier,
            log: quietLog,
            now: systemClock.wall(),
            who: `the schedule, by ${operatorName()}`,
            signal: ending.signal,
          }
          const round = await wholeRound(parts, watchesOf(world))
          const { scheduled, started, advanced, ended, failed, told, blocked, freed } = round
          this.log(`${scheduled} scheduled, ${started.length} begun, ${advanced.length} worked on, ${told} told.`)
          for (const { name, state } of ended) this.log(`${name}: ${state}`)
          for (const { name, code, text } of failed) this.log(`${name}: ${text} (${code})`)
          for (const grant of blocked) this.log(`${grant}: closed to callers`)
          for (const grant of freed) this.log(`${grant}: open to callers again`)
          if (failed.length > 0 || ended.some(({ state }) => state !== 'retired')) this.answerNo()
          return { ...round }
        } finally {
          await opened.close()
        }
      })
    })
  }
}
