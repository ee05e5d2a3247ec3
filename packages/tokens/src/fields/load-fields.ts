/**
 * Asks Salesforce what this user may do with an object, and with the objects that dotted names lead to.
 *
 * One describe per object, as the calling user. Nothing is kept here: the caller knows how long an answer may be reused.
 */
import { KeyturnError } from '../errors.ts'
import { describedObject } from './describe.ts'
import type { DescribedObject } from './describe.ts'
import { invisibleObject, judged, noneRelated, relationship } from './object-fields.ts'
import type { JudgedFields } from './object-fields.ts'

/** A GET with this grant's token, 401 handling included: `(path) => keyturn.fetch(name, path)`. */
export type GetPath = (path: string) => Promise<Response>

export interface LoadFieldsOptions {
  /** Whose view it is, where known. */
  readonly user?: string | null
  /** API version without the `v`. */
  readonly version?: string
  /** Dotted names that will be required (`Account.Industry`): the objects they lead to are described too. */
  readonly along?: readonly string[]
}

/** The API version used where the caller names none: old enough for every supported org. */
const DEFAULT_VERSION = '66.0'

/** SOQL follows at most five relationships upwards. */
const DEEPEST = 5

export const loadFields = async (
  get: GetPath,
  object: string,
  options: LoadFieldsOptions = {},
): Promise<JudgedFields> => {
  const user = options.user ?? null
  const version = options.version ?? DEFAULT_VERSION
  const root = await describeFields(get, object, version)
  if (root === null) return invisibleObject(object, user)
  const dotted = (options.along ?? []).filter((name) => name.includes('.'))
  if (dotted.length === 0) return judged(root, user, noneRelated)
  return judged(root, user, await relatedObjects(get, version, root, dotted))
}

/** One describe call; null where the object doesn't exist or isn't visible to this user. */
const describeFields = async (
  get: GetPath,
  object: string,
  version: string = DEFAULT_VERSION,
): Promise<DescribedObject | null> => {
  // The name becomes a part of a path: a slash or a dot in it would ask something else with this user's token.
  if (!/^[A-Za-z]\w{0,127}$/.test(object)) {
    throw new KeyturnError('BAD_ARGUMENT', `${JSON.stringify(object)} is no object name`, {
      data: { object },
      fix: 'Use the API name, e.g. Account or Invoice__c.',
    })
  }
  const base = `/services/data/v${version}`
  const answer = await get(`${base}/sobjects/${object}/describe`)
  if (answer.ok) return describedObject(await json(answer, `the describe of ${object}`))
  const errors = await errorCodes(answer)
  if (answer.status === 404) {
    // An org that doesn't know the version answers just the same: ask which of the two it is.
    const known = await get(`${base}/`)
    await known.body?.cancel()
    if (known.status !== 404) return null
    throw new KeyturnError('BAD_ARGUMENT', `this org doesn't know API version ${version}`, {
      data: { version },
      fix: 'Name a version the org knows (GET /services/data lists them).',
    })
  }
  throw new KeyturnError(
    'ANSWER_UNREADABLE',
    `Salesforce answered ${answer.status} ${errors} to the describe of ${object}`,
    {
      data: { object, status: answer.status, errors },
      fix:
        answer.status === 403
          ? 'Check that this user may use the API and that the org has API calls left.'
          : 'Try again later; `keyturn doctor` checks the way to the org.',
    },
  )
}

const relatedObjects = async (
  get: GetPath,
  version: string,
  root: DescribedObject,
  dotted: readonly string[],
): Promise<ReadonlyMap<string, DescribedObject | null>> => {
  const related = new Map<string, DescribedObject | null>()
  for (const name of dotted) {
    const steps = name.split('.').slice(0, -1)
    if (steps.length > DEEPEST) {
      throw new KeyturnError('BAD_ARGUMENT', `${name} follows more than ${DEEPEST} relationships`, { data: { name } })
    }
    let object: DescribedObject | null = root
    const path: string[] = []
    for (const step of steps) {
      const reference = relationship(object, step)
      // Judged later: the relationship itself is what is missing.
      if (reference === undefined) break
      path.push(step.toLowerCase())
      const key = path.join('.')
      const known = related.get(key)
      const target = reference.polymorphic ? 'Name' : (reference.referenceTo[0] ?? 'Name')
      object = known === undefined ? await describeFields(get, target, version) : known
      related.set(key, object)
      if (object === null) break
    }
  }
  return related
}

const json = async (answer: Response, what: string): Promise<unknown> => {
  try {
    return await answer.json()
  } catch (cause) {
    throw new KeyturnError('ANSWER_UNREADABLE', `${what} is not JSON`, { cause })
  }
}

/** The error codes of a REST error answer, which is an array; never its messages, which may quote data. */
const errorCodes = async (answer: Response): Promise<string> => {
  try {
    const errors: unknown = await answer.json()
    if (!Array.isArray(errors)) return ''
    return errors
      .map((error: unknown) => {
        const code = typeof error === 'object' && error !== null && 'errorCode' in error ? error.errorCode : null
        return typeof code === 'string' && /^\w{1,80}$/.test(code) ? code : ''
      })
      .join(' ')
      .trim()
  } catch {
    return ''
  }
}
