/** An error of a destination as a problem of its preflight; what is no such error is a defect and stays one. */
import { KeyturnError } from '@keyturn/tokens'
import type { Problem } from './destination.ts'

export const problemsOf = async (work: () => Promise<readonly Problem[] | void>): Promise<readonly Problem[]> => {
  try {
    return (await work()) ?? []
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return [{ code: error.code, text: error.message, next: error.fix }]
  }
}
