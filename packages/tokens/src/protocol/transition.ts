/**
 * How a grant changes: one pure function, executed by the stores inside their transactions and explored by
 * test/explorer. ARCHITECTURE.md, "How a refresh token is spent", numbers the rules quoted here.
 */
import { accessSteps } from './access.ts'
import { clauses as standard, type Clauses, type SendCheck } from './clauses.ts'
import type { Context, EventType, ProtocolEvent, Transition } from './event.ts'
import { recordSteps } from './record.ts'
import { spendingSteps } from './spending.ts'
import type { GrantState } from './state.ts'
import type { Step, Steps } from './step.ts'

export interface Protocol {
  readonly transition: (state: GrantState, event: ProtocolEvent, context: Context) => Transition
  /** Null when the first byte may go out, else the clause that forbids it. */
  readonly mayStillSend: (state: GrantState, check: SendCheck, context: Context) => string | null
  /** Null when the announced enrolment may exchange its authorisation code, else the clause that forbids it. */
  readonly mayExchangeCode: (state: GrantState, id: string, context: Context) => string | null
}

/** Builds the protocol over a table of clauses; the product uses the standard one, the explorer tables with one dropped. */
export const protocol = (table: Clauses): Protocol => {
  const failing = <E>(
    list: Readonly<Record<string, (state: GrantState, event: E, context: Context) => boolean>>,
    state: GrantState,
    event: E,
    context: Context,
  ): string | null => {
    for (const [name, holds] of Object.entries(list)) if (!holds(state, event, context)) return name
    return null
  }

  const transition = (state: GrantState, event: ProtocolEvent, context: Context): Transition => {
    const refuse = (reason: string): Transition => ({ applied: false, reason, state })
    const guarded = guardOf(table, event)
    const clause = guarded === null ? null : failing(guarded, state, event, context)
    if (clause !== null) return refuse(clause)
    return step(event.type)(state, event, context, refuse)
  }

  return {
    transition,
    mayStillSend: (state, check, context) => failing(table.send, state, check, context),
    mayExchangeCode: (state, id, context) => failing(table.code, state, { id }, context),
  }
}

type Guard = Readonly<Record<string, (state: GrantState, event: ProtocolEvent, context: Context) => boolean>>

/** The clauses of an event's type. The table pairs each type with clauses over exactly that event. */
const guardOf = (table: Clauses, event: ProtocolEvent): Guard | null => {
  switch (event.type) {
    case 'claim':
    case 'claim-replay':
    case 'doubted':
    case 'finished':
    case 'mint':
    case 'enrol':
    case 'enrolled':
    case 'revive':
      return table[event.type] as Guard
    default:
      return null
  }
}

/** All steps. Each takes exactly the events of its name: the tables' types see to it. */
const steps: Steps<EventType> = { ...spendingSteps, ...accessSteps, ...recordSteps }

const step = (type: EventType): Step<EventType> => steps[type] as Step<EventType>

const { transition, mayStillSend, mayExchangeCode } = protocol(standard)
export { transition, mayStillSend, mayExchangeCode }
