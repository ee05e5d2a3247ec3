/** A refresh that a program asks for itself: it stands or falls with what is done with the answer. */
import type { HabitFinding } from '../scan-report.ts'
import { readsAnswer } from './answer-read.ts'
import { found } from './source.ts'
import type { Source } from './source.ts'

/** `how`: completes “… by hand”. */
export const refreshesByHand = (
  source: Source,
  lines: readonly number[],
  { how, next }: { readonly how: string; readonly next: string },
): readonly HabitFinding[] => {
  if (lines.length === 0) return []
  const reads = readsAnswer(source)
  return lines.map((line) =>
    found(source, line, {
      kind: reads ? 'refresh-by-hand' : 'refresh-answer-unread',
      effect: reads ? 'depends' : 'breaks',
      confidence: reads ? 'possible' : 'likely',
      why: reads
        ? `${how} by hand and the new refresh token is read; whether it is stored before it is used, by one process at a time, can’t be seen.`
        : `${how} by hand and the new refresh token in the answer is not read: the second refresh sends the old one.`,
      next,
    }),
  )
}
