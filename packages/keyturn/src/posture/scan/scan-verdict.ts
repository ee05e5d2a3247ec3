/** What all findings of a repository come to, in one word and one sentence. */
import type { Effect, HabitFinding, LibraryFinding, SkipReason } from './scan-report.ts'

/** A client that depends on its use, and uses that were seen to be safe: the use decides. */
const decidedByUse = new Set(['jsforce', '@jsforce/jsforce-node'])

const leftOut: readonly SkipReason[] = ['too-large', 'unreadable', 'too-deep', 'too-many']

export const verdictOf = (
  libraries: readonly LibraryFinding[],
  habits: readonly HabitFinding[],
  skipped: Readonly<Partial<Record<SkipReason, number>>>,
  /** Manifests and lock files that could not be understood. */
  unreadable: number,
): { readonly effect: Effect; readonly why: string } => {
  const habit = habits.find(({ effect, confidence }) => effect === 'breaks' && confidence !== 'possible')
  if (habit !== undefined) return { effect: 'breaks', why: `${habit.path}:${habit.line}: ${habit.why}` }
  const library = libraries.find(({ effect }) => effect === 'breaks')
  if (library !== undefined) return { effect: 'breaks', why: `${versioned(library)}: ${library.why}` }

  const open = habits.find(({ effect }) => effect === 'breaks' || effect === 'depends')
  if (open !== undefined) return { effect: 'depends', why: `${open.path}:${open.line}: ${open.why}` }
  const safeUse = habits.some(({ effect, confidence }) => effect === 'survives' && confidence !== 'possible')
  const loose = libraries.find(({ effect, name }) => effect === 'depends' && !(safeUse && decidedByUse.has(name)))
  if (loose !== undefined) return { effect: 'depends', why: `${versioned(loose)}: ${loose.why}` }
  const strange = libraries.find(({ effect }) => effect === 'unknown')
  if (strange !== undefined) return { effect: 'unknown', why: `${versioned(strange)}: ${strange.why}` }

  const missing = leftOut.reduce((sum, why) => sum + (skipped[why] ?? 0), unreadable)
  if (missing > 0)
    return {
      effect: 'unknown',
      why: `Nothing was found that breaks, and ${missing} ${missing === 1 ? 'file or folder was' : 'files or folders were'} not read.`,
    }
  if (safeUse || libraries.some(({ effect }) => effect === 'survives'))
    return { effect: 'survives', why: 'Every client that was found keeps the new refresh token.' }
  if (libraries.length + habits.length > 0)
    return { effect: 'unaffected', why: 'The clients that were found refresh no token.' }
  return { effect: 'unknown', why: 'No Salesforce client was found.' }
}

const versioned = ({ name, version, range }: LibraryFinding): string =>
  `${name}${version !== null ? ` ${version}` : range !== null ? ` (${range})` : ''}`
