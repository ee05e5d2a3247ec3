/** Whether a person decided for it: typed at a prompt, or `--decide NAME`, which says yes. Whatever else was typed is no. */
import type { StepContext } from '../rotator.ts'

export const saidYes = ({ answers }: Pick<StepContext, 'answers'>, name: string): boolean =>
  answers[name] !== undefined && ['yes', 'y', name].includes(answers[name].reveal().trim().toLowerCase())
