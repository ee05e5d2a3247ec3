/** Components as files of a project in source format, for those who deploy by their own pipeline. Never with a secret. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import { componentXml } from '../../org/metadata-file.ts'
import { pathOf } from '../change/change-diff.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import { secretsIn } from '../change/secret-element.ts'

export interface SourceFile {
  /** Below the folder, as a project has it. */
  readonly path: string
  readonly text: string
}

/** What each would be where there is nothing yet. */
export const sourceFiles = (components: readonly ComponentEdit[]): readonly SourceFile[] =>
  components.map((component) => {
    const body = component.edit(null)
    if (secretsIn(body).length > 0) throw new KeyturnError('DEFECT', 'a file would have a secret in it')
    return {
      path: `${pathOf(component)}-meta.xml`,
      text: componentXml(component.root ?? component.type, body),
    }
  })

/** All or, where one is there already, none: what somebody keeps under version control is not overwritten. */
export const writeSourceFiles = (folder: string, files: readonly SourceFile[]): readonly string[] => {
  const written: string[] = []
  for (const { path, text } of files) {
    const place = join(folder, path)
    try {
      mkdirSync(dirname(place), { recursive: true })
      writeFileSync(place, text, { flag: 'wx' })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const there = written.length === 0 ? '' : `; written were ${written.join(', ')}`
      throw new KeyturnError(
        'BAD_ARGUMENT',
        code === 'EEXIST' ? `${place} is there already${there}` : `${place} can’t be written (${code ?? 'no reason'})`,
        { fix: 'Name an empty folder with --dir.' },
      )
    }
    written.push(place)
  }
  return written
}
