/**
 * Names to columns: field paths of one query level, through parents, as this user may see them. Every parent path is
 * one LEFT JOIN however often it is named; a parent of several possible types is read by scalar lookups instead.
 */
import { fieldNamed, sobjectNamed } from '../data/catalogue.ts'
import { text, type Field } from '../data/field.ts'
import { canonicalId } from '../data/record-id.ts'
import { hasField, type SObject } from '../data/sobject.ts'
import { quoted } from '../data/tables.ts'
import { dateTimeText } from '../data/values.ts'
import type { QueryContext } from './query-context.ts'
import { makeVirtualRows } from './virtual.ts'
import { malformed, noSuchColumn, noSuchRelationship, noSuchType } from './refusal.ts'

export interface Column {
  readonly sql: string
  readonly field: Field
  readonly sobject: SObject
  readonly throughParent: boolean
}

/** The record a path of relationships leads to; `sobject` is null when it can be of several types. */
export interface Target {
  readonly alias: string
  readonly sobject: SObject | null
  readonly idSql: string
  /** Where the type depends on the row: the SQL that names it. */
  readonly typeSql: string | null
  readonly candidates: readonly SObject[]
  readonly relationshipName: string
}

export interface Scope {
  readonly sobject: SObject
  readonly alias: string
  /** A path as written, without the alias of the FROM object in front. */
  segments(path: string): readonly string[]
  resolve(path: string): Column
  target(relationships: readonly string[], path: string): Target
  column(target: Target | null, fieldName: string, path: string): Column
  fromSql(): string
}

const mostLevels = 5

/** Whether an API has the field at all. */
export const isOffered = (field: Field, tooling: boolean): boolean =>
  field.api === 'both' || field.api === (tooling ? 'tooling' : 'rest')

export function readableSObject(context: QueryContext, name: string): SObject {
  const sobject = sobjectNamed(name)
  const wrongApi = context.tooling ? 'rest' : 'tooling'
  if (sobject === undefined || sobject.api === wrongApi || !context.access.object(sobject).read)
    throw noSuchType(context.soql, name)
  return sobject
}

export function makeScope(context: QueryContext, sobject: SObject, alias: string, written?: string): Scope {
  const targets = new Map<string, Target>()
  const joins: string[] = []
  const { access, soql } = context

  const follow = (parent: Target | null, name: string, path: string): Target => {
    const key = `${parent?.alias ?? alias}.${name.toLowerCase()}`
    const known = targets.get(key)
    if (known !== undefined) return known
    const owner = parent === null ? sobject : parent.sobject
    const link = owner?.fields.find((field) => field.relationshipName?.toLowerCase() === name.toLowerCase())
    if (owner === null || link === undefined || link.relationshipName === null || !access.canRead(owner, link)) {
      throw noSuchRelationship(soql, path, name)
    }
    const candidates = link.referenceTo.flatMap((to) => sobjectNamed(to) ?? []).filter((to) => access.object(to).read)
    const [only] = candidates
    if (only === undefined) throw noSuchRelationship(soql, path, name)
    for (const to of candidates) makeVirtualRows(context, to)
    const made = link.referenceTo.length === 1 ? join(parent, link, only) : lookup(parent, link, candidates)
    targets.set(key, made)
    return made
  }

  const join = (parent: Target | null, link: Field, to: SObject): Target => {
    const joined = `${alias}_${joins.length + 1}`
    joins.push(
      ` LEFT JOIN ${quoted(to.name)} AS ${joined} ON ${joined}.${quoted(link.joinColumn)} = ${parent?.alias ?? alias}.${quoted(link.name)}`,
    )
    return {
      alias: joined,
      sobject: to,
      idSql: `${joined}."Id"`,
      typeSql: null,
      candidates: [to],
      relationshipName: link.relationshipName ?? '',
    }
  }

  const lookup = (parent: Target | null, link: Field, candidates: readonly SObject[]): Target => {
    const idSql = `${parent?.alias ?? alias}.${quoted(link.name)}`
    const types = candidates.map((to) => `WHEN '${to.keyPrefix}' THEN '${to.name}'`).join(' ')
    return {
      alias: `${parent?.alias ?? alias}.${link.name}`,
      sobject: null,
      idSql,
      candidates,
      typeSql: `CASE substr(${idSql}, 1, 3) ${types} END`,
      relationshipName: link.relationshipName ?? '',
    }
  }

  /** A parent of several types offers what the platform's `Name` object does; here its id, its name and its type. */
  const polymorphic = (target: Target, fieldName: string, path: string): Column => {
    const of = (name: string, sql: string): Column => ({
      sql,
      field: text(name, name, 255),
      sobject,
      throughParent: true,
    })
    switch (fieldName.toLowerCase()) {
      case 'id':
        return of('Id', target.idSql)
      case 'type':
        return of('Type', target.typeSql ?? 'NULL')
      case 'name': {
        const names = target.candidates.map((to) => {
          const nameField = to.fields.find((field) => field.nameField)?.name ?? 'Id'
          return `(SELECT n.${quoted(nameField)} FROM ${quoted(to.name)} n WHERE n."Id" = ${target.idSql})`
        })
        return of('Name', `COALESCE(${names.join(', ')}, NULL)`)
      }
    }
    throw noSuchColumn(soql, path, 'Name')
  }

  const scope: Scope = {
    sobject,
    alias,
    segments(path) {
      const parts = path.split('.')
      const [first = ''] = parts
      const isAlias = first.toLowerCase() === written?.toLowerCase()
      const isObject =
        first.toLowerCase() === sobject.name.toLowerCase() &&
        !sobject.fields.some((field) => field.relationshipName?.toLowerCase() === first.toLowerCase())
      return parts.length > 1 && (isAlias || isObject) ? parts.slice(1) : parts
    },
    target(relationships, path) {
      if (relationships.length > mostLevels) {
        throw malformed(`SOQL relationship field paths cannot have more than ${mostLevels} levels: ${path}`)
      }
      let target: Target | null = null
      for (const name of relationships) target = follow(target, name, path)
      if (target === null) throw noSuchRelationship(soql, path, path)
      return target
    },
    column(target, fieldName, path) {
      if (target !== null && target.sobject === null) return polymorphic(target, fieldName, path)
      const owner = target?.sobject ?? sobject
      const field = fieldNamed(owner, fieldName)
      if (field === undefined || !isOffered(field, context.tooling) || !access.canRead(owner, field))
        throw noSuchColumn(soql, path, owner.name)
      const from = target?.alias ?? alias
      const sql = isCurrentSession(owner, field) ? currentSessionSql(context, from) : `${from}.${quoted(field.name)}`
      return { sql, field, sobject: owner, throughParent: target !== null }
    },
    resolve(path) {
      const parts = scope.segments(path)
      const fieldName = parts.at(-1) ?? ''
      const target = parts.length > 1 ? scope.target(parts.slice(0, -1), path) : null
      return scope.column(target, fieldName, path)
    },
    fromSql: () => `${quoted(sobject.name)} AS ${alias}${joins.join('')}`,
  }
  return scope
}

/** The one column whose value depends on who asks. */
const isCurrentSession = (sobject: SObject, field: Field): boolean =>
  sobject.name === 'AuthSession' && field.name === 'IsCurrent'

/** Columns can't have parameters, so only what is an id gets into the text. */
function currentSessionSql({ sessionId }: QueryContext, alias: string): string {
  return canonicalId(sessionId) === sessionId ? `(${alias}."Id" = '${sessionId}')` : '0'
}

/** Conditions the platform adds by itself: no deleted records, and of some objects only one's own. */
export function rowRules(
  context: QueryContext,
  scope: Scope,
): { readonly sql: string; readonly params: readonly string[] } {
  const { sobject, alias } = scope
  const sql: string[] = []
  const params: string[] = []
  if (!context.allRows && hasField(sobject, 'IsDeleted')) sql.push(`${alias}."IsDeleted" = 0`)
  if (sobject.horizon !== null) {
    sql.push(`${alias}.${quoted(sobject.horizon.column)} >= ?`)
    params.push(dateTimeText(context.now - sobject.horizon.days * 86_400_000))
  }
  const own = sobject.ownRows
  if (own !== null && !own.unless.some((permission) => context.access.has(permission))) {
    sql.push(`${alias}.${quoted(own.column)} = ?`)
    params.push(own.value === 'profile' ? (context.access.profileId ?? '') : context.access.userId)
  }
  return { sql: sql.join(' AND '), params }
}
