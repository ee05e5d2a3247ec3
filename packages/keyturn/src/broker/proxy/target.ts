/**
 * Where a request may go: a path of the org's APIs, in one spelling. The host never comes from the request.
 *
 * Everything that two programs could read differently is refused instead of being cleaned up: dot segments (also
 * encoded), backslashes, control characters, path parameters (`;`, which Java servers strip), absolute URLs.
 */
import type { PathRule } from '../caller.ts'

export type Api = 'rest' | 'soap' | 'bulk1' | 'cometd'

export interface Target {
  readonly api: Api
  readonly path: string
  /** With its `?`, or empty. */
  readonly search: string
  readonly method: string
  /** Salesforce takes another method from `_HttpMethod` of a POST: both must be allowed. */
  readonly override: string | null
}

type Targeted = Target | { readonly refused: string; readonly status: 400 | 404 | 405 }

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

const apis: readonly (readonly [RegExp, Api])[] = [
  [/^\/services\/data(\/|$)/, 'rest'],
  [/^\/services\/apexrest\//, 'rest'],
  [/^\/services\/Soap\//, 'soap'],
  [/^\/services\/async\//, 'bulk1'],
  [/^\/cometd\//, 'cometd'],
]

const apiOf = (path: string): Api | null => apis.find(([pattern]) => pattern.test(path))?.[1] ?? null

/** `url` as it came in the request line. */
export const targetOf = (method: string, url: string): Targeted => {
  const wrong = (refused: string): Targeted => ({ refused, status: 400 })
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x20\x7f-\uffff\\#]/.test(url)) return wrong('The path holds characters that a path may not hold.')
  const query = url.indexOf('?')
  const given = query < 0 ? url : url.slice(0, query)
  const search = query < 0 ? '' : url.slice(query)
  // The sf CLI keeps the slash at the end of an instance URL and then calls //services/…
  const path = given.replace(/^\/+/, '/').replace(/^\/orgs\/[^/]+(?=\/)/, '')
  if (!given.startsWith('/')) return wrong('The request line names something other than a path.')
  if (path.includes('//') || path.includes(';')) return wrong('The path holds an empty segment or a parameter.')
  const decoded = decode(path)
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (decoded === null || /[\x00-\x1f\x7f\\]/.test(decoded)) return wrong('The path is not encoded correctly.')
  // A server that decodes twice would see these.
  const twice = decode(decoded) ?? decoded
  if ([decoded, twice].some((text) => text.split('/').some((part) => part === '.' || part === '..'))) {
    return wrong('The path leads upwards.')
  }
  const api = apiOf(path)
  if (api === null) return { refused: 'The broker passes on the data APIs only.', status: 404 }
  if (!methods.has(method)) return { refused: 'This method is not passed on.', status: 405 }
  const override = overridden(search)
  return override === 'wrong' ? wrong('_HttpMethod names no method.') : { api, path, search, method, override }
}

const decode = (text: string): string | null => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const overridden = (search: string): string | null => {
  if (search === '' || !/_|%/.test(search)) return null
  const names = new URLSearchParams(search)
  const values = [...names].filter(([name]) => name.toLowerCase() === '_httpmethod').map(([, value]) => value)
  if (values.length === 0) return null
  const [value = ''] = values
  return values.length === 1 && methods.has(value.toUpperCase()) ? value.toUpperCase() : 'wrong'
}

/** Resources that carry further requests, with paths and methods of their own; in whatever spelling the org takes. */
const carriers = /\/(composite|graphql)([/;]|$)/i
const carries = (path: string): boolean => carriers.test(decode(path) ?? path)

/**
 * By segments; `*` stands for one (a version). A resource that carries other requests needs a rule that names it: a rule
 * for everything below `/services/data` does not let a request in whose body asks for something else.
 */
export const pathAllowed = (rules: readonly PathRule[] | null, { method, override, path }: Target): boolean =>
  rules === null ||
  [method, override ?? method].every((one) =>
    rules.some(
      (rule) =>
        (rule.method === '*' || rule.method.toUpperCase() === one) &&
        covers(rule.prefix, path) &&
        (!carries(path) || carries(rule.prefix)),
    ),
  )

const covers = (prefix: string, path: string): boolean => {
  const parts = path.split('/')
  return prefix
    .replace(/\/+$/, '')
    .split('/')
    .every((part, index) => (part === '*' ? (parts[index] ?? '') !== '' : part === parts[index]))
}
