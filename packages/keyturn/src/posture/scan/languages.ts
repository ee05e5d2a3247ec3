/** Which sources are read, and how each language writes comments and strings. */
interface StringForm {
  readonly open: string
  readonly close: string
  /** A backslash takes the next character's meaning away. */
  readonly escapes: boolean
  readonly spans: boolean
}

export interface Lexis {
  readonly line: readonly string[]
  /** `#` begins a comment also right after a word. */
  readonly hashInWords: boolean
  readonly block: readonly (readonly [string, string])[]
  /** The longest opening first. */
  readonly strings: readonly StringForm[]
  /** Backtick templates with `${code}`. */
  readonly templates: boolean
  readonly regex: boolean
}

export type Language =
  'javascript' | 'python' | 'ruby' | 'java' | 'csharp' | 'go' | 'php' | 'shell' | 'yaml' | 'ballerina'

const plain = (quote: string): StringForm => ({ open: quote, close: quote, escapes: true, spans: false })
const long = (quote: string, escapes = true): StringForm => ({ open: quote, close: quote, escapes, spans: true })

const cLike: Lexis = {
  line: ['//'],
  hashInWords: false,
  block: [['/*', '*/']],
  strings: [long('"""'), plain('"'), plain("'")],
  templates: false,
  regex: false,
}

export const lexes: Readonly<Record<Language, Lexis>> = {
  javascript: { ...cLike, strings: [plain('"'), plain("'")], templates: true, regex: true },
  python: {
    line: ['#'],
    hashInWords: true,
    block: [],
    strings: [long('"""'), long("'''"), plain('"'), plain("'")],
    templates: false,
    regex: false,
  },
  ruby: {
    line: ['#'],
    hashInWords: false,
    block: [['=begin', '=end']],
    strings: [long('"'), long("'")],
    templates: false,
    regex: true,
  },
  java: cLike,
  csharp: {
    ...cLike,
    strings: [long('"""'), { open: '@"', close: '"', escapes: false, spans: true }, plain('"'), plain("'")],
  },
  go: { ...cLike, strings: [long('`', false), plain('"'), plain("'")] },
  php: { ...cLike, line: ['//', '#'], strings: [long('"'), long("'")] },
  shell: {
    line: ['#'],
    hashInWords: false,
    block: [],
    strings: [long('"'), long("'", false)],
    templates: false,
    regex: false,
  },
  // A stray apostrophe in a YAML sentence must cost its line only.
  yaml: {
    line: ['#'],
    hashInWords: false,
    block: [],
    strings: [plain('"'), { ...plain("'"), escapes: false }],
    templates: false,
    regex: false,
  },
  ballerina: cLike,
}

const endings: Readonly<Record<string, Language>> = {
  js: 'javascript',
  cjs: 'javascript',
  mjs: 'javascript',
  jsx: 'javascript',
  ts: 'javascript',
  cts: 'javascript',
  mts: 'javascript',
  tsx: 'javascript',
  vue: 'javascript',
  svelte: 'javascript',
  py: 'python',
  rb: 'ruby',
  rake: 'ruby',
  java: 'java',
  kt: 'java',
  kts: 'java',
  scala: 'java',
  groovy: 'java',
  swift: 'java',
  cs: 'csharp',
  go: 'go',
  php: 'php',
  sh: 'shell',
  bash: 'shell',
  yml: 'yaml',
  yaml: 'yaml',
  bal: 'ballerina',
}

/** By the file's name; null: no source that is read. */
export const languageOf = (name: string): Language | null => {
  const lower = name.toLowerCase()
  // Declarations run nothing, minified bundles are copies of sources.
  if (lower.endsWith('.d.ts') || lower.includes('.min.')) return null
  if (lower === 'jenkinsfile') return 'java'
  if (lower === 'dockerfile' || lower === 'makefile') return 'shell'
  const [, ending = ''] = /\.([a-z]+)$/.exec(lower) ?? []
  return endings[ending] ?? null
}
