/** `Industry:read,Name:read+update` as the library takes it. A field without a right means read. */
import { KeyturnError } from '@keyturn/tokens'
import type { FieldRight } from '@keyturn/tokens'

const rights: readonly string[] = ['read', 'create', 'update'] satisfies readonly FieldRight[]

const isRight = (text: string): text is FieldRight => rights.includes(text)

export const parseRequired = (texts: readonly string[]): Readonly<Record<string, readonly FieldRight[]>> => {
  const required: Record<string, readonly FieldRight[]> = {}
  for (const part of texts.flatMap((text) => text.split(',')).map((text) => text.trim())) {
    const [field = '', wanted = 'read', ...rest] = part.split(':')
    const asked = wanted.split('+')
    if (!/^[A-Za-z]\w{0,79}$/.test(field) || rest.length > 0 || !asked.every(isRight)) {
      throw new KeyturnError('BAD_ARGUMENT', `--require: "${part.slice(0, 80)}" is no field with rights`, {
        fix: 'Write FIELD:RIGHT with read, create or update, e.g. --require Industry:read,Name:read+update',
      })
    }
    required[field] = [...(required[field] ?? []), ...asked]
  }
  return required
}
