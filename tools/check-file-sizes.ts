/** One file, one concept: no source file is longer than 400 lines (generated ones may be). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFiles, root } from './repository-files.ts'

const limit = 400

export const checkFileSizes = (): readonly string[] =>
  repositoryFiles(/(?<!\.generated)\.(ts|js|mjs|cjs)$/).flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
    return lines > limit ? [`${file} has ${lines} lines; the limit is ${limit}: it holds more than one concept`] : []
  })
