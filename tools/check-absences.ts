/** Looks for what must not occur, by the table in `absences.ts`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absences } from './absences.ts'
import { repositoryFiles, root } from './repository-files.ts'

/** The table names what it looks for. */
const table = 'tools/absences.ts'

/** Blanks out comment lines and trailing comments, keeping line numbers; what stands in a string stays. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/ .*$/gm, '$1')

export function checkAbsences(): readonly string[] {
  const problems: string[] = []
  for (const file of repositoryFiles()) {
    if (file === table) continue
    const rows = absences.filter(
      ({ files, except }) =>
        files.test(file) && !except.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path)),
    )
    if (rows.length === 0) continue
    const whole = readFileSync(join(root, file), 'utf8')
    if (whole.includes('\0')) continue
    const code = withoutComments(whole)
    for (const row of rows) {
      for (const [index, line] of (row.comments === true ? whole : code).split('\n').entries()) {
        if (row.pattern.test(line)) problems.push(`${file}:${index + 1} ${row.what}; instead: ${row.instead}`)
      }
    }
  }
  return problems
}
