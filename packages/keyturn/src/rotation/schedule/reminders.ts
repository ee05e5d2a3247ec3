/**
 * What people are told about a schedule. A reminder before the due date is told once: it is remembered in the store. What
 * goes on (overdue, waiting for somebody, failed) is told again after `notify.repeatAfter`, until somebody did something.
 */
import type { Records } from '@keyturn/tokens'
import type { Notification, Notifier } from '../../notify/notify.ts'
import { reviewIsDue } from './assess.ts'
import type { Assessed } from './assess.ts'
import { isAhead } from './due.ts'
import { isStuck } from './facts.ts'
import { spanText } from './policy.ts'
import { openSchedules } from './schedule-record.ts'

const stamp = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

type Told = Omit<Notification, 'to'>

const factsOf = ({ credential, policy, due, schedule, stored }: Assessed): Notification['facts'] => [
  { name: 'Credential', value: credential.name },
  { name: 'Kind', value: credential.kind },
  { name: 'Policy', value: policy.text },
  ...(due.due === null ? [] : [{ name: 'Due', value: stamp(due.due) }]),
  ...(stored.run === null ? [] : [{ name: 'Run', value: stored.run.id }]),
  ...(schedule.approval?.turn === stored.turn ? [{ name: 'Approved by', value: schedule.approval.who }] : []),
]

const overdueOf = (one: Assessed): readonly Told[] => {
  const { name, due, stored, policy } = one
  const at = due.due === null ? '' : stamp(due.due)
  const blocks = policy.onOverdue === 'block-caller'
  const told: Told = {
    kind: 'rotation-overdue',
    severity: blocks ? 'alarm' : 'warning',
    subject: `${name}: its rotation is overdue`,
    text: [
      `By its policy (${policy.text}) ${name} was to be turned by ${at}. It was not: ${due.why}.`,
      ...(blocks ? ['Callers of the broker are refused its grants until it is.'] : []),
      `See it with \`keyturn schedule\`, turn it with \`keyturn rotate ${name}\`.`,
    ].join('\n\n'),
    facts: factsOf(one),
    key: `rotation-overdue/${name}/${stored.turn}`,
  }
  return [told]
}

const runOf = (one: Assessed): readonly Told[] => {
  const { name, stored } = one
  const { run } = stored
  if (run === null || !isStuck(run)) return []
  const waits = run.state === 'waiting-for-person'
  const clicks = (run.person?.clicks ?? []).map((click, index) => `${index + 1}. ${click}`)
  return [
    {
      kind: waits ? 'rotation-waiting-for-person' : 'rotation-failed',
      severity: waits ? 'warning' : 'alarm',
      subject: waits ? `${name}: its rotation waits for a person` : `${name}: its rotation was halted`,
      text: [
        waits ? (run.person?.what ?? '') : `${run.problem?.text ?? ''} ${run.problem?.next ?? ''}`,
        ...(clicks.length === 0 ? [] : [clicks.join('\n')]),
        `Then: \`keyturn rotate ${name} --resume\`.`,
      ].join('\n\n'),
      facts: factsOf(one),
      key: `rotation-run/${run.id}/${run.state}/${run.step ?? ''}`,
    },
  ]
}

const failedOf = (one: Assessed): readonly Told[] => {
  const { name, stored, schedule, due } = one
  const refused = schedule.refused?.turn === stored.turn
  if (!refused && stored.takenBack === null) return []
  return [
    {
      kind: 'rotation-failed',
      severity: 'warning',
      subject: refused ? `${name}: its rotation could not begin` : `${name}: its rotation was taken back`,
      text: `${due.why}.\n\nThe value in use is still the old one. See \`keyturn rotate ${name} --preflight\` and \`keyturn credentials show ${name}\`.`,
      facts: factsOf(one),
      key: refused ? `rotation-refused/${name}/${stored.turn}` : `rotation-taken-back/${stored.takenBack?.run ?? name}`,
    },
  ]
}

const waitingOf = (one: Assessed, now: number): readonly Told[] => {
  const { name, stored, due, age } = one
  if (isAhead(age, now))
    return [
      {
        kind: 'rotation-due',
        severity: 'warning',
        subject: `${name}: a clock was wrong, so its age can’t be told`,
        text: `${due.why}.\n\nNothing turns it by schedule until somebody decides. Look at the clocks of all hosts, then \`keyturn rotate ${name}\`.`,
        facts: factsOf(one),
        key: `rotation-ahead/${name}/${stored.turn}`,
      },
    ]
  if (due.hurdle === 'waiting-for-approval' && due.state !== 'overdue')
    return [
      {
        kind: 'rotation-waiting-for-person',
        severity: 'warning',
        subject: `${name}: its rotation waits for approval`,
        text: `It is due and begins when somebody says so: \`keyturn schedule approve ${name}\`.`,
        facts: factsOf(one),
        key: `rotation-approval/${name}/${stored.turn}`,
      },
    ]
  if (!stored.kept && stored.run === null && (due.state === 'unknown-age' || due.state === 'waiting-for-adoption'))
    return [
      {
        kind: 'rotation-due',
        severity: 'warning',
        subject: `${name}: Keyturn does not have it yet, and it is due`,
        text: `${due.why}.\n\nUntil somebody decides it counts as due: \`keyturn credentials adopt ${name}\`, or \`keyturn rotate ${name}\`.`,
        facts: factsOf(one),
        key: `rotation-unknown/${name}/${stored.turn}`,
      },
    ]
  return []
}

const reviewOf = (one: Assessed, now: number): readonly Told[] =>
  reviewIsDue(one.policy, now)
    ? [
        {
          kind: 'rotation-due',
          severity: 'info',
          subject: `${one.name}: its rotation policy is to be reviewed`,
          text: 'The day until which the policy itself was to be looked at (reviewBy) is over. Look whether interval, windows, owner and consumers still fit, then set the next date.',
          facts: factsOf(one),
          key: `rotation-review/${one.name}/${one.policy.reviewBy ?? 0}`,
        },
      ]
    : []

/** Spans of `remind` that have come and were not told for this turn. */
const marksOf = ({ policy, due, schedule, stored }: Assessed, now: number): readonly number[] => {
  if (due.due === null || (due.state !== 'fine' && due.state !== 'soon')) return []
  const left = due.due - now
  const told = schedule.reminded?.turn === stored.turn ? schedule.reminded.marks : []
  return policy.remind.filter((mark) => left <= mark && !told.includes(mark))
}

const reminderOf = (one: Assessed, marks: readonly number[]): Told => ({
  kind: 'rotation-due',
  severity: 'info',
  subject: `${one.name}: its rotation is due ${stamp(one.due.due ?? 0)}`,
  text: `By its policy (${one.policy.text}) it is turned by then${one.policy.approval ? `, once it is approved: \`keyturn schedule approve ${one.name}\`` : ''}.`,
  facts: factsOf(one),
  key: `rotation-due/${one.name}/${one.stored.turn}/${spanText(Math.min(...marks))}`,
})

const goingOn = (one: Assessed, now: number): readonly Told[] => [
  ...(one.due.state === 'overdue' ? overdueOf(one) : []),
  ...runOf(one),
  ...failedOf(one),
  ...waitingOf(one, now),
  ...reviewOf(one, now),
]

interface ReminderParts {
  readonly notifier: Pick<Notifier, 'tell' | 'channels'>
  readonly records: Pick<Records, 'get' | 'put'>
  readonly now: number
  readonly signal?: AbortSignal | undefined
}

/** How many were given to a channel that took them. */
export const tellAll = async (parts: ReminderParts, assessed: readonly Assessed[]): Promise<number> => {
  const { notifier, records, now, signal } = parts
  if (notifier.channels.length === 0) return 0
  let count = 0
  const tell = async (notification: Notification): Promise<boolean> => {
    const deliveries = await notifier.tell(notification)
    const fresh = deliveries.some(({ ok, why }) => ok && why === undefined)
    count += fresh ? 1 : 0
    return deliveries.some(({ ok }) => ok)
  }
  for (const one of assessed) {
    const { name, credential, policy, stored } = one
    if (signal?.aborted === true) return count
    const owner = credential.common.owner === undefined ? {} : { to: credential.common.owner }
    for (const told of goingOn(one, now)) {
      await tell({ ...told, ...owner })
      if (told.kind === 'rotation-overdue' && policy.escalateTo !== null && policy.onOverdue !== 'remind')
        await tell({ ...told, severity: 'alarm', to: policy.escalateTo, key: `${told.key}/escalated` })
    }
    const marks = marksOf(one, now)
    if (marks.length > 0 && (await tell({ ...reminderOf(one, marks), ...owner })))
      await openSchedules(records).change(name, (doc) => {
        const before = doc.reminded?.turn === stored.turn ? doc.reminded.marks : []
        return { ...doc, reminded: { turn: stored.turn, marks: [...new Set([...before, ...marks])] } }
      })
  }
  return count
}
