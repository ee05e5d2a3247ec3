/**
 * The files of a folder that may tell something, in a stable order. Links are never followed, dependencies and build
 * output not entered, and everything is bounded: a repository is somebody else's, and may be hostile.
 */
import { constants } from 'node:fs'
import { lstat, open, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { languageOf } from './languages.ts'
import type { Language } from './languages.ts'
import { manifestOf } from './manifests/manifest.ts'
import type { ManifestKind } from './manifests/manifest.ts'
import type { SkipReason } from './scan-report.ts'

export interface ScanLimits {
  readonly files: number
  readonly depth: number
  readonly sourceBytes: number
  /** Lock files are large. */
  readonly manifestBytes: number
}

export const scanLimits: ScanLimits = { files: 200_000, depth: 40, sourceBytes: 2_000_000, manifestBytes: 50_000_000 }

interface FoundFile {
  /** From the root, with `/`. */
  readonly path: string
  readonly full: string
  readonly kind: { readonly manifest: ManifestKind } | { readonly language: Language }
  readonly bytes: number
}

/** Other people's code, or code that was made from what is read anyway. */
const notEntered = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'site-packages',
  '__pycache__',
  'venv',
  '.venv',
  '.tox',
  '.git',
  '.hg',
  '.svn',
  '.gradle',
  '.next',
  '.nuxt',
  '.yarn',
  '.pnpm-store',
  'dist',
  'build',
  'target',
  'coverage',
])

interface Walk {
  readonly root: string
  readonly limits: ScanLimits
  readonly skip: (why: SkipReason) => void
}

export const filesOf = async function* ({ root, limits, skip }: Walk): AsyncGenerator<FoundFile> {
  const waiting: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }]
  let entries = 0
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { path: inside, depth } = folder
    const names: { readonly name: string; readonly folder: boolean }[] = []
    try {
      for await (const entry of await opendir(join(root, inside))) {
        if (++entries > limits.files) return skip('too-many')
        if (entry.isSymbolicLink()) skip('link')
        else if (entry.isDirectory()) names.push({ name: entry.name, folder: true })
        else if (entry.isFile()) names.push({ name: entry.name, folder: false })
      }
    } catch {
      skip('unreadable')
      continue
    }
    names.sort((a, b) => (a.name < b.name ? -1 : 1))
    const folders: { readonly path: string; readonly depth: number }[] = []
    for (const { name, folder: isFolder } of names) {
      const path = inside === '' ? name : `${inside}/${name}`
      if (isFolder) {
        if (notEntered.has(name)) skip('dependencies')
        else if (depth >= limits.depth) skip('too-deep')
        else folders.push({ path, depth: depth + 1 })
        continue
      }
      const found = await fileOf(root, path, name, limits, skip)
      if (found !== null) yield found
    }
    waiting.push(...folders.reverse())
  }
}

const fileOf = async (
  root: string,
  path: string,
  name: string,
  limits: ScanLimits,
  skip: Walk['skip'],
): Promise<FoundFile | null> => {
  const manifest = manifestOf(name)
  const language = manifest === null ? languageOf(name) : null
  const kind = manifest !== null ? { manifest } : language !== null ? { language } : null
  if (kind === null) return null
  const full = join(root, path)
  const size = await lstat(full).then(
    (stats) => stats.size,
    () => null,
  )
  if (size === null) skip('unreadable')
  else if (size > (manifest === null ? limits.sourceBytes : limits.manifestBytes)) skip('too-large')
  else return { path, full, kind, bytes: size }
  return null
}

/** Null: no text. Reads what was there when the size was looked at, and never more. */
export const textOf = async ({ full, bytes }: FoundFile, skip: Walk['skip']): Promise<string | null> => {
  let content: Buffer
  try {
    // What became a link or a pipe since it was seen is not read.
    const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(bytes)
      const { bytesRead } = await file.read(buffer, 0, bytes, 0)
      content = buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    skip('unreadable')
    return null
  }
  const [first, second] = content
  if (first === 0xff && second === 0xfe) return content.subarray(2).toString('utf16le')
  if (first === 0xfe && second === 0xff)
    return content
      .subarray(2, content.length - (content.length % 2))
      .swap16()
      .toString('utf16le')
  if (content.subarray(0, 8_000).includes(0)) {
    skip('binary')
    return null
  }
  return content.toString('utf8')
}
