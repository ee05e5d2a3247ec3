/** Waivers from a file of their own: YAML or JSON, a list or `waivers:` with a list. */
import { KeyturnError } from '@keyturn/tokens'
import { parse } from 'yaml'
import { configText } from '../../config/read.ts'
import type { Waiver } from './waiver.ts'
import { waiversForm } from './waiver-form.ts'

const listOf = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && 'waivers' in content ? content.waivers : (content ?? [])

export const readWaivers = (path: string): readonly Waiver[] => {
  const text = configText(path)
  let content: unknown
  try {
    // Aliases are bounded, so that a few lines cannot grow into gigabytes.
    content = parse(text, { maxAliasCount: 100, logLevel: 'silent' })
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n')
    throw new KeyturnError('CONFIG_INVALID', `${path}: ${line}`, { fix: 'Mend the file.' })
  }
  const read = waiversForm.safeParse(listOf(content))
  if (read.success) return read.data
  const lines = read.error.issues.map(
    (issue) => `${path}: ${['waivers', ...issue.path].join('.')} ${issue.message.replace(/^Invalid input: /, '')}`,
  )
  throw new KeyturnError('CONFIG_INVALID', lines.join('\n'), {
    fix: 'Each waiver has control, subject, reason, owner and expires (docs/how-to/audit-an-org.md).',
  })
}
