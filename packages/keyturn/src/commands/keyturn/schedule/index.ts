import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { span } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'
import { certificateViews } from '../../../rotation/views/certificate-view.ts'
import type { CertificateView } from '../../../rotation/views/certificate-view.ts'
import { scheduleView } from '../../../rotation/views/schedule-view.ts'
import type { ScheduleView } from '../../../rotation/views/schedule-view.ts'

const aged = ({ age }: ScheduleView): string =>
  age.days === null ? 'unknown' : `${age.basis === 'at-most' ? 'at most ' : ''}${age.days} d`
const day = (at: string | null): string | null => at?.slice(0, 10) ?? null
const minute = (at: string | null): string | null => at?.slice(0, 16).replace('T', ' ') ?? null

export default class ScheduleCommand extends KeyturnCommand {
  static override summary = 'Show what is to be turned and when, and what is late'
  static override description =
    'The credentials of keyturn.yaml that have a schedule. NEXT is when a run may begin, in UTC; WINDOW is the first moment from then on that its windows and blackouts leave. Exit code 1 when something is overdue, or of an age that nobody knows: that counts as due now.'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'As a calendar; imported again, its events move',
      command: '<%= config.bin %> <%= command.id %> --ics rotations.ics',
    },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> --json' },
  ]
  static override flags = {
    ics: string({ helpValue: 'FILE', description: 'Write due dates, windows and reviews as a calendar (RFC 5545)' }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(ScheduleCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const [{ withRotation }, { assess, scheduledOf }, { blockedGrants }, { calendarOf }, { watchedCertificates }] =
        await Promise.all([
          import('../../../wiring/rotation-opened.ts'),
          import('../../../rotation/schedule/assess.ts'),
          import('../../../rotation/schedule/blocked-grants.ts'),
          import('../../../rotation/schedule/calendar.ts'),
          import('../../../rotation/certificates/watched-certificates.ts'),
        ])
      return withRotation(keyturn, settings, async (rotation) => {
        const now = systemClock.wall()
        const { records } = keyturn.store
        const assessed = await assess({ rotation, records, scheduled: scheduledOf(rotation), now })
        const blocked = await blockedGrants(records)
        const views = assessed.map((one) => scheduleView(one, now))
        const watched = await watchedCertificates(records).list()
        const certificates = certificateViews(watched, now)
        const file = flags.ics === undefined ? null : resolve(flags.ics)
        if (file !== null) writeCalendar(file, calendarOf(assessed, now, keyturn.store.id, watched))
        this.show(views, now)
        this.showCertificates(certificates)
        for (const { grant, credentials, since } of blocked)
          this.tell(
            `\n${this.paint('red', '✗')} Callers are refused ${grant} since ${minute(new Date(since).toISOString()) ?? ''}: ${credentials.join(', ')} is overdue.`,
          )
        for (const { name, reviewBy } of views.filter((one) => one.reviewIsDue))
          this.tell(`\n! The policy of ${name} was to be reviewed by ${reviewBy ?? ''}.`)
        if (file !== null) this.tell(`\nThe calendar is in ${file}.`)
        if (views.some(({ state }) => state === 'overdue' || state === 'unknown-age')) this.answerNo()
        const blockedView = blocked.map(({ grant, credentials, since }) => ({
          grant,
          credentials,
          since: new Date(since).toISOString(),
        }))
        return { schedule: views, certificates, blocked: blockedView, calendar: file }
      })
    })
  }

  private showCertificates(certificates: readonly CertificateView[]): void {
    if (certificates.length === 0) return
    this.log(
      `\n${table(
        certificates,
        [
          { title: 'CERTIFICATE', of: ({ name }) => name },
          { title: 'OF', of: ({ kind }) => kind, spared: 1 },
          { title: 'GRANT', of: ({ grant }) => grant, spared: 2 },
          { title: 'ENDS', of: ({ ends }) => day(ends) },
          { title: 'LEFT', of: ({ days }) => (days === null ? null : `${days} d`), right: true },
          { title: '', of: ({ why, state }) => (state === 'fine' ? '' : (why ?? state)) },
        ],
        this.width,
      )}`,
    )
  }

  private show(views: readonly ScheduleView[], now: number): void {
    if (views.length === 0)
      return this.tell(
        'Nothing is scheduled yet. Give a credential in keyturn.yaml a schedule:, such as `preset: sbs-acs-009` (`keyturn schedule presets`).',
      )
    const dueIn = ({ due }: ScheduleView): string | null => {
      if (due === null) return 'now'
      const left = Date.parse(due) - now
      return left < 0 ? `${span(left)} ago` : span(left)
    }
    this.log(
      table(
        views,
        [
          { title: 'NAME', of: ({ name }) => name },
          { title: 'KIND', of: ({ kind }) => kind, spared: 3 },
          { title: 'AGE', of: aged },
          { title: 'LAST', of: ({ last }) => day(last), spared: 4 },
          { title: 'NEXT', of: ({ next }) => minute(next) },
          { title: 'DUE IN', of: dueIn },
          { title: 'WINDOW', of: ({ nextWindow }) => minute(nextWindow), spared: 2 },
          { title: 'OWNER', of: ({ owner }) => owner, spared: 1 },
          { title: 'STATE', of: ({ state }) => state },
          { title: '', of: ({ why, state }) => (state === 'fine' ? '' : why) },
        ],
        this.width,
      ),
    )
  }
}

const writeCalendar = (file: string, text: string): void => {
  try {
    writeFileSync(file, text)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new KeyturnError('BAD_ARGUMENT', `${file} can’t be written (${code})`, {
      fix: 'Name a file in a folder that is there.',
    })
  }
}
