/** What a person who sits here is asked to do, and what they bring back. A secret is not echoed. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { KeyturnError, Secret } from '@keyturn/tokens'
import { terminalText } from '../../output/terminal-text.ts'
import type { PersonTask } from '../credential.ts'

export const taskLines = ({ what, clicks }: PersonTask): readonly string[] => [
  what,
  ...clicks.map((click, index) => `  ${index + 1}. ${click}`),
]

const line = async (question: string, hidden: boolean): Promise<string> => {
  process.stderr.write(`${terminalText(question)}${hidden ? ' (hidden)' : ''}: `)
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  try {
    return await lines.question('')
  } catch {
    throw new KeyturnError('BAD_ARGUMENT', 'Nothing was answered', { fix: 'The run waits: resume it when it is done.' })
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}

export const askPerson = async ({ asks }: PersonTask): Promise<Readonly<Record<string, Secret>>> => {
  if (asks.length === 0) await line('Press Enter when it is done', false)
  const given: Record<string, Secret> = {}
  for (const { name, label, secret } of asks) {
    const answer = (await line(label, secret)).trim()
    if (answer !== '') given[name] = new Secret(answer)
  }
  return given
}
