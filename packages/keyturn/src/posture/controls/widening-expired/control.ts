/** What was given on top for a while is taken back when that is over. */
import { unknown } from '../../fact.ts'
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

const day = 86_400_000

export const control = controlOf(
  {
    id: 'widening-expired',
    title: 'What was lent is taken back when its time is over',
    severity: 'medium',
    why: 'A field or an address that was given until a day stays open after it unless somebody takes it back, and by then nobody remembers what it was for.',
    remedy:
      'Take it back: `keyturn provision end --expired` (from a job with --yes); `keyturn provision list` shows who asked for it and why. What is needed longer is given again, with a reason.',
    effort: 'minutes',
    catalogues: {},
    profiles: {
      baseline: {},
      strict: {},
    },
  },
  ['keyturn'],
  ({ facts: { keyturn }, takenAt, org }) => {
    if (keyturn.is === 'unknown') return unknownFamily('keyturn', keyturn)
    const { lent } = keyturn.value
    if (lent === undefined)
      return unknownFamily('keyturn', unknown('not-collected', 'When this snapshot was taken, nobody looked at it'))
    const looks = lent
      .filter((one) => one.org.slice(0, 15) === org.id.slice(0, 15))
      .map(({ id, what, until }) => ({
        ...(until <= takenAt
          ? wrong(`${what} was lent until ${new Date(until).toISOString().slice(0, 10)}.`, {
              id: id.slice(0, 8),
              daysOver: Math.floor((takenAt - until) / day),
            })
          : right),
        subject: `widening:${id}`,
      }))
    return judgementOf(looks, {
      noun: ['thing that was lent', 'things that were lent'],
      wrong: 'over, and still given',
    })
  },
)
