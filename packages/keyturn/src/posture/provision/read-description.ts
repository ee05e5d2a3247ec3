/** A description from a YAML or JSON file, checked by its form: every problem at once, and no value in any message. */
import { KeyturnError } from '@keyturn/tokens'
import { parse } from 'yaml'
import type * as z from 'zod'
import { configText } from '../../config/read.ts'

export const checkedDescription = <T>(form: z.ZodType<T>, content: unknown, from: string): T => {
  const read = form.safeParse(content)
  if (read.success) return read.data
  const lines = read.error.issues.map(
    ({ path, message }) =>
      `${from}: ${path.length === 0 ? '' : `${path.join('.')} `}${message.replace(/^Invalid input: /, '')}`,
  )
  throw new KeyturnError('BAD_ARGUMENT', lines.join('\n'), {
    fix: '`--schema` prints what a description may say.',
  })
}

/** Not checked yet: flags may add to it. Throws CONFIG_INVALID. */
export const readDescription = (path: string): Readonly<Record<string, unknown>> => {
  const text = configText(path)
  let content: unknown
  try {
    // Aliases are bounded, so that a few lines cannot grow into gigabytes.
    content = parse(text, { maxAliasCount: 100, logLevel: 'silent' })
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n')
    throw new KeyturnError('CONFIG_INVALID', `${path}: ${line}`, { fix: 'Mend the file.' })
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new KeyturnError('CONFIG_INVALID', `${path} describes nothing`, {
      fix: '`--schema` prints what a description may say.',
    })
  return content as Readonly<Record<string, unknown>>
}
