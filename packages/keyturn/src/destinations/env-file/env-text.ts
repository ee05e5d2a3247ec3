/**
 * The text of a .env file: finds variables and changes their values, and nothing else: order, comments, blanks, `export`,
 * quotes and line ends stay.
 *
 * Readers of such files disagree. Three dialects are known: `dotenv` (the npm package, Node's --env-file, and for what is
 * written here also Docker Compose, python-dotenv and Ruby's), `shell` (sourced by sh), `docker` (`docker run --env-file`:
 * everything after the sign is the value). A value is written in the plainest way that all readers of the dialect take
 * alike, and refused where there is none.
 */
import { notReady } from '../../secret-managers/refusals.ts'

type Dialect = 'dotenv' | 'shell' | 'docker'

interface Variable {
  readonly name: string
  readonly value: string
  /** Where the value stands, quotes included. */
  readonly start: number
  readonly end: number
  readonly quote: string
  /** Line breaks stand there as \n, as keys in PEM often do: programs may read the file by lines. */
  readonly oneLine?: boolean
}

const assignment = /(?<=^|\n)([ \t]*(?:export[ \t]+)?)([A-Za-z_][\w.-]*)([ \t]*=[ \t]*)/g

/** Where the value that begins at `start` ends, and what it says. */
const valueAt = (text: string, start: number, dialect: Dialect): Omit<Variable, 'name'> => {
  const lineEnd = /\r?\n|$/.exec(text.slice(start))?.index ?? 0
  const line = text.slice(start, start + lineEnd)
  if (dialect === 'docker') return { value: line, start, end: start + line.length, quote: '' }
  if (dialect === 'shell') return shellValue(text, start)
  const quote = line[0] ?? ''
  if (quote === "'" || quote === '"' || quote === '`') {
    const body = quote === "'" ? /^'((?:\\'|[^'])*)'/ : quote === '"' ? /^"((?:\\"|[^"])*)"/ : /^`((?:\\`|[^`])*)`/
    const match = body.exec(text.slice(start))
    if (match?.[1] !== undefined) {
      const inner = match[1].replaceAll('\r\n', '\n')
      const value = quote === '"' ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner
      const oneLine = quote === '"' && value.includes('\n') && !inner.includes('\n')
      return { value, start, end: start + match[0].length, quote, oneLine }
    }
  }
  // A comment begins at a # after a blank; readers differ about one without, so that such a value counts as another.
  const bare = /^(.*?)[ \t]*(?:[ \t]#.*)?$/.exec(line)?.[1] ?? ''
  return { value: bare.includes('#') ? `${bare}\u0000` : bare, start, end: start + bare.length, quote: '' }
}

/** One word of sh: quoted and bare parts without a blank between them. */
const shellValue = (text: string, start: number): Omit<Variable, 'name'> => {
  const word =
    /^(?:'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|[^\s'"\\#;&|<>()])*(?:[^\s'"\\;&|<>()])*/.exec(text.slice(start))?.[0] ?? ''
  let value = ''
  for (const [part] of word.matchAll(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|[^'"\\]+/g)) {
    if (part.startsWith("'")) value += part.slice(1, -1)
    else if (part.startsWith('"')) value += part.slice(1, -1).replaceAll(/\\([$`"\\])/g, '$1')
    else value += part.replaceAll(/\\([^])/g, '$1')
  }
  return { value, start, end: start + word.length, quote: word[0] ?? '' }
}

const variables = (text: string, dialect: Dialect): readonly Variable[] => {
  const found: Variable[] = []
  assignment.lastIndex = 0
  for (let match = assignment.exec(text); match !== null; match = assignment.exec(text)) {
    // docker takes the blanks after the sign for the value's.
    const [whole, before = '', name = '', sign = ''] = match
    const spaces = dialect === 'docker' ? sign.length - sign.trimEnd().length : 0
    const one = valueAt(text, match.index + whole.length - spaces, dialect)
    found.push({ name, ...one })
    assignment.lastIndex = Math.max(one.end, match.index + before.length + 1)
  }
  return found
}

const unwritable = (name: string, why: string): Error =>
  notReady(
    `The value for ${name} ${why}, which readers of such a file do not take alike`,
    'Write it to a json-file or yaml-file, or set `dialect: shell` where the file is sourced.',
  )

/** As the value is written; `like` is the quote that stood there. */
export const encode = (name: string, value: string, dialect: Dialect, like = '', oneLine = false): string => {
  if (value.includes('\0')) throw unwritable(name, 'holds a NUL character')
  if (dialect === 'docker') {
    if (/[\r\n]/.test(value)) throw unwritable(name, 'holds a line break')
    if (/^\s|\s$/.test(value)) throw unwritable(name, 'begins or ends with a blank')
    return value
  }
  // Not an empty one: readers take what follows for it.
  const bare = /^[\w.:/@%+,=^-]+$/.test(value)
  if (dialect === 'shell') return bare && like === '' ? value : `'${value.replaceAll("'", `'\\''`)}'`
  if (value.includes('\r')) throw unwritable(name, 'holds a carriage return')
  const ways = {
    '': bare,
    "'": !value.includes("'") && !value.endsWith('\\') && !value.includes('\\\\'),
    '"': !/["\\$`]/.test(value),
    '`': !value.includes('`') && !value.endsWith('\\') && !value.includes('\\\\'),
  }
  const order = Object.keys(ways) as (keyof typeof ways)[]
  const way = ways[like as keyof typeof ways] ? (like as keyof typeof ways) : order.find((each) => ways[each])
  if (way === undefined) throw unwritable(name, 'holds every kind of quotes, doubled backslashes or one at its end')
  return `${way}${way === '"' && oneLine ? value.replaceAll('\n', '\\n') : value}${way}`
}

/** The names that are there. */
export const namesIn = (text: string, dialect: Dialect): ReadonlySet<string> =>
  new Set(variables(text, dialect).map(({ name }) => name))

/** What a reader finds; of several lines the last counts. Null: no such variable. */
export const readVariable = (text: string, name: string, dialect: Dialect): string | null =>
  variables(text, dialect).findLast((each) => each.name === name)?.value ?? null

/** Every line of that name gets the value, so that it doesn't matter which one a reader takes; missing ones are added. */
export const setVariables = (text: string, values: ReadonlyMap<string, string>, dialect: Dialect): string => {
  let next = ''
  let at = 0
  const present = new Set<string>()
  for (const { name, value, start, end, quote, oneLine } of variables(text, dialect)) {
    const wanted = values.get(name)
    if (wanted === undefined) continue
    present.add(name)
    const stays = value === wanted
    next += text.slice(at, start) + (stays ? text.slice(start, end) : encode(name, wanted, dialect, quote, oneLine))
    at = end
  }
  next += text.slice(at)
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  for (const [name, value] of values) {
    if (present.has(name)) continue
    if (next !== '' && next !== '\uFEFF' && !next.endsWith('\n')) next += lineEnd
    next += `${name}=${encode(name, value, dialect)}${lineEnd}`
  }
  return next
}
