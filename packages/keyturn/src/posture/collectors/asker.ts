/**
 * What collectors ask an org with: rows page by page, counts, describes and metadata components, each call through the
 * pace. An answer that isn't what such an answer has to be is an OddAnswer, never an empty list.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json } from '@keyturn/tokens'
import { orgRefused, row } from '../../org/connection.ts'
import type { OrgConnection, Row } from '../../org/connection.ts'
import { jsforceCall } from '../../org/jsforce-call.ts'
import { readComponents } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import { OddAnswer, list } from './cells.ts'
import { limiter } from './limiter.ts'
import type { Pace } from './pace.ts'
import { withoutSecretElements, withoutSecrets } from './secret-columns.ts'

export interface Listed {
  readonly fullName: string
  readonly id: string | null
  readonly namespace: string | null
  /** Epoch ms; null: the org doesn’t say, or says the beginning of time, as it does of what it brought along. */
  readonly created: number | null
}

interface QueryOptions {
  readonly tooling?: boolean
  /** The platform hands out fewer rows than there are, and says so only to who counts: the caller does. */
  readonly capped?: boolean
}

export interface Asker {
  get(path: string): Promise<Json>
  /** Pages as they come, so that nobody has to hold them all. Throws ORG_REFUSED with INVALID_QUERY_LOCATOR when its place was lost. */
  pages(soql: string, options?: QueryOptions): AsyncGenerator<readonly Row[], void, undefined>
  /** All rows; begins again where its place was lost. */
  rows(soql: string, options?: QueryOptions): Promise<readonly Row[]>
  /** `OauthToken WHERE …`. */
  count(from: string, options?: QueryOptions): Promise<number>
  fields(object: string): Promise<ReadonlySet<string>>
  listed(type: string): Promise<readonly Listed[]>
  /** What there is of these names. */
  components(type: string, names: readonly string[]): Promise<ReadonlyMap<string, MetadataBody>>
}

/** A user can keep ten places in results open; some are left to whoever else works as this user. */
const openResults = 7
const perRead = 10

const isLost = (error: unknown): boolean =>
  error instanceof KeyturnError && error.data['errorCode'] === 'INVALID_QUERY_LOCATOR'

/** As the API writes it, or as jsforce makes it. */
const createdAt = (said: unknown): number | null => {
  const at = said instanceof Date ? said.getTime() : typeof said === 'string' ? Date.parse(said) : Number.NaN
  return at > 0 ? at : null
}

export const createAsker = (org: OrgConnection, pace: Pace): Asker => {
  const open = limiter(openResults)
  const described = new Map<string, Promise<ReadonlySet<string>>>()

  const get = (path: string): Promise<Json> =>
    pace.run(path.split('?')[0] ?? path, async () => {
      const answer = await org.send('GET', path)
      pace.heard(answer.apiUsage)
      if (answer.status >= 400) throw orgRefused(`GET ${path.split('?')[0] ?? ''}`, answer)
      return answer.body
    })
  const pageOf = async (path: string) => {
    const body = row(await get(path))
    const records = list(body['records'], 'the result of a query')
    const { totalSize, done, nextRecordsUrl: next } = body
    if (typeof totalSize !== 'number' || typeof done !== 'boolean') throw new OddAnswer('a result without a size')
    if (!done && typeof next !== 'string') throw new OddAnswer('a result that has no end')
    return { records, totalSize, next: done ? null : String(next) }
  }
  const pathOf = (soql: string, tooling = false): string =>
    `${tooling ? '/tooling' : ''}/query?q=${encodeURIComponent(withoutSecrets(soql))}`

  async function* pages(
    soql: string,
    { tooling, capped = false }: QueryOptions = {},
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const path = pathOf(soql, tooling)
    const close = await open()
    try {
      let read = 0
      for (let at: string | null = path; at !== null;) {
        const { records, totalSize, next } = await pageOf(at)
        read += records.length
        if (next !== null && records.length === 0) throw new OddAnswer('a page without rows that is not the last')
        if (next === null && !capped && read < totalSize)
          throw new OddAnswer(`${read} rows came of ${totalSize} that it counted`)
        yield records
        at = next
      }
    } finally {
      close()
    }
  }
  const allRows = async (soql: string, options?: QueryOptions): Promise<readonly Row[]> => {
    const found: Row[] = []
    for await (const page of pages(soql, options)) found.push(...page)
    return found
  }
  const describe = async (object: string): Promise<ReadonlySet<string>> => {
    const fields = list(row(await get(`/sobjects/${object}/describe`))['fields'], `the describe of ${object}`)
    return new Set(fields.map(({ name }) => String(name)))
  }
  const textOr = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null)
  const listMetadata = (types: readonly string[]): Promise<readonly (Listed & { readonly type: string | null })[]> =>
    pace.run(`list of ${types[0] ?? ''}`, async () => {
      const connection = await org.jsforce()
      const queries = types.map((type) => ({ type }))
      const found: unknown = await jsforceCall(`Listing ${types[0] ?? ''}`, () => connection.metadata.list(queries))
      const some = found === undefined || found === null ? [] : Array.isArray(found) ? found : [found]
      return (some as readonly Json[]).map((one) => {
        const { fullName, id, namespacePrefix, type, createdDate } = row(one)
        if (typeof fullName !== 'string' || fullName === '') throw new OddAnswer(`a ${types[0] ?? ''} without a name`)
        return {
          ...{ fullName, id: textOr(id), namespace: textOr(namespacePrefix), type: textOr(type) },
          created: createdAt(createdDate),
        }
      })
    })
  return {
    get,
    pages,
    async rows(soql, options) {
      for (let tried = 1; ; tried++) {
        try {
          return await allRows(soql, options)
        } catch (error) {
          if (!isLost(error) || tried >= 3) throw error
        }
      }
    },
    async count(from, { tooling } = {}) {
      const { totalSize } = row(await get(pathOf(`SELECT COUNT() FROM ${from}`, tooling)))
      if (typeof totalSize !== 'number') throw new OddAnswer('a count without a number')
      return totalSize
    },
    fields(object) {
      const known = described.get(object) ?? describe(object)
      described.set(object, known)
      return known
    },
    async listed(type) {
      const found = await listMetadata([type])
      if (found.length > 0) return found
      // jsforce takes a page for people for an empty list. There is no org without profiles, so with them it can't be.
      const again = await listMetadata([type, 'Profile'])
      if (again.length === 0) throw new OddAnswer(`the list of ${type} is none`)
      return again.filter((one) => one.type === type)
    },
    async components(type, names) {
      const parts = Array.from({ length: Math.ceil(names.length / perRead) }, (_, n) =>
        names.slice(n * perRead, (n + 1) * perRead),
      )
      const read = await Promise.all(
        parts.map(async (part) => {
          const found = await pace.run(`read of ${type}`, () => readComponents(org, type, part))
          // All of them are there, by a list or because every org has them.
          if (found.size === 0) throw new OddAnswer(`nothing came of ${part.length} ${type}`)
          return found
        }),
      )
      return new Map(
        read.flatMap((one) => [...one].map(([name, body]) => [name, withoutSecretElements(body)] as const)),
      )
    },
  }
}

export const placeWasLost = isLost
