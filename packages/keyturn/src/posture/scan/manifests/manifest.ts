/** Which files name dependencies, and how a row of one looks. */
import type { Ecosystem } from '../scan-report.ts'

export interface Dependency {
  readonly ecosystem: Ecosystem
  readonly name: string
  /** Exact: of a lock file, or of a manifest that pins. */
  readonly version: string | null
  readonly range: string | null
  readonly line: number | null
}

export interface ManifestKind {
  readonly ecosystem: Ecosystem
  readonly locks: boolean
  readonly format:
    | 'package-json'
    | 'package-lock'
    | 'yarn-lock'
    | 'pnpm-lock'
    | 'requirements'
    | 'pyproject'
    | 'toml-lock'
    | 'pipfile-lock'
    | 'gemfile'
    | 'gemfile-lock'
    | 'pom'
    | 'gradle'
    | 'composer-json'
    | 'composer-lock'
    | 'go-mod'
    | 'csproj'
}

const exact: Readonly<Record<string, ManifestKind>> = {
  'package.json': { ecosystem: 'npm', locks: false, format: 'package-json' },
  'package-lock.json': { ecosystem: 'npm', locks: true, format: 'package-lock' },
  'npm-shrinkwrap.json': { ecosystem: 'npm', locks: true, format: 'package-lock' },
  'yarn.lock': { ecosystem: 'npm', locks: true, format: 'yarn-lock' },
  'pnpm-lock.yaml': { ecosystem: 'npm', locks: true, format: 'pnpm-lock' },
  'pyproject.toml': { ecosystem: 'python', locks: false, format: 'pyproject' },
  pipfile: { ecosystem: 'python', locks: false, format: 'pyproject' },
  'pipfile.lock': { ecosystem: 'python', locks: true, format: 'pipfile-lock' },
  'poetry.lock': { ecosystem: 'python', locks: true, format: 'toml-lock' },
  'uv.lock': { ecosystem: 'python', locks: true, format: 'toml-lock' },
  'pdm.lock': { ecosystem: 'python', locks: true, format: 'toml-lock' },
  gemfile: { ecosystem: 'ruby', locks: false, format: 'gemfile' },
  'gemfile.lock': { ecosystem: 'ruby', locks: true, format: 'gemfile-lock' },
  'pom.xml': { ecosystem: 'maven', locks: false, format: 'pom' },
  'build.gradle': { ecosystem: 'maven', locks: false, format: 'gradle' },
  'build.gradle.kts': { ecosystem: 'maven', locks: false, format: 'gradle' },
  'libs.versions.toml': { ecosystem: 'maven', locks: false, format: 'gradle' },
  'gradle.lockfile': { ecosystem: 'maven', locks: true, format: 'gradle' },
  'composer.json': { ecosystem: 'composer', locks: false, format: 'composer-json' },
  'composer.lock': { ecosystem: 'composer', locks: true, format: 'composer-lock' },
  'go.mod': { ecosystem: 'go', locks: true, format: 'go-mod' },
}

export const manifestOf = (name: string): ManifestKind | null => {
  const lower = name.toLowerCase()
  if (Object.hasOwn(exact, lower)) return exact[lower] ?? null
  if (/^requirements[\w.-]*\.(txt|in)$/.test(lower))
    return { ecosystem: 'python', locks: false, format: 'requirements' }
  if (lower.endsWith('.csproj') || lower === 'directory.packages.props' || lower === 'packages.config')
    return { ecosystem: 'nuget', locks: false, format: 'csproj' }
  return null
}
