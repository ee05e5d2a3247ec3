/** The WHERE clause of one query level, with the platform's own row rules in front. */
import type { QueryBase } from '@jetstreamapp/soql-parser-js'
import type { SqlValue } from '../data/values.ts'
import { booleanTree } from './boolean-tree.ts'
import { checkSemiJoins, treeSql, whereComparand } from './conditions.ts'
import { compileFunction } from './functions.ts'
import { malformed } from './refusal.ts'
import type { QueryContext } from './query-context.ts'
import { rowRules, type Scope } from './scope.ts'

export interface Where {
  /** Empty or beginning with ` WHERE `. */
  readonly sql: string
  readonly params: readonly SqlValue[]
}

/** `joined` is a condition in SQL that comes first, with its parameter to be put in front when the statement runs. */
export function compileWhere(context: QueryContext, scope: Scope, query: QueryBase, joined?: string): Where {
  const rules = rowRules(context, scope)
  const params: SqlValue[] = [...rules.params]
  const parts = [joined ?? '', rules.sql].filter((part) => part !== '')
  if (query.where !== undefined) {
    const tree = booleanTree(query.where)
    checkSemiJoins(tree)
    const comparand = whereComparand(context, scope, (comparison) => {
      if (!('fn' in comparison)) throw malformed('a condition needs a field')
      const { sql, field, aggregate } = compileFunction(context, scope, comparison.fn)
      if (aggregate)
        throw malformed(`aggregate functions are only allowed in a HAVING clause: ${comparison.fn.rawValue ?? ''}`)
      return { sql, field, throughParent: false, sobject: scope.sobject }
    })
    parts.push(treeSql({ context, scope, params, comparand }, tree))
  }
  return { sql: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, params }
}
