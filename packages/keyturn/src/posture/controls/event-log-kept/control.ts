/** The log of API use, kept long enough to look back. */
import { counted } from '../counted.ts'
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

export const control = controlOf(
  {
    id: 'event-log-kept',
    title: 'The log of API use goes back a month',
    severity: 'high',
    why: 'Thefts are noticed weeks later. Without the add-on the org keeps a day of the one free log that says which app asked for what from where.',
    remedy: 'Fetch the log every day and keep it, or buy a longer retention; show the dates of what is kept.',
    effort: 'hours',
    catalogues: { sbs: ['SBS-INT-004'] },
    profiles: { strict: { days: 30 }, sbs: { days: 30 } },
  },
  ['eventLogs'],
  ({ facts: { eventLogs }, parameters, takenAt }) => {
    if (eventLogs.is === 'unknown') return unknownFamily('eventLogs', eventLogs)
    const wanted = numberIn(parameters, 'days', 30)
    const log = eventLogs.value.find(({ type }) => type === 'ApiTotalUsage')
    const day = 86_400_000
    const back = log === undefined ? 0 : Math.floor((takenAt - log.oldest) / day)
    const kept = log !== undefined && back >= wanted && log.days >= wanted - 1
    const text =
      log === undefined
        ? 'No log of API use is there.'
        : `It goes back ${counted(back, 'day')}, with ${counted(log.days, 'day')} of it there.`
    return judgementOf([{ ...(kept ? right : wrong(text, { back, days: log?.days ?? 0 })), subject: 'org' }], {
      noun: ['log of API use', 'logs of API use'],
      wrong: `does not go back ${wanted} days without a gap`,
    })
  },
)
