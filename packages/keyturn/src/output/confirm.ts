/** Asks before something that cannot be taken back. Without a terminal nobody can answer: then --yes is needed. */
import { createInterface } from 'node:readline/promises'
import { KeyturnError } from '@keyturn/tokens'
import { terminalText } from './terminal-text.ts'

/** On the terminal; whoever calls knows that there is one. */
export const askYes = async (question: string): Promise<boolean> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question(`${terminalText(question)} Type yes: `)
    return answer.trim().toLowerCase() === 'yes'
  } finally {
    lines.close()
  }
}

export const confirm = async (question: string, yes: boolean): Promise<void> => {
  if (yes) return
  const declined = (why: string): KeyturnError =>
    new KeyturnError('BAD_ARGUMENT', why, { fix: 'Repeat with --yes if that is what you want.' })
  if (!process.stdin.isTTY) throw declined(`${question} Nobody is there to confirm`)
  if (!(await askYes(question))) throw declined('Not confirmed; nothing was changed')
}
