/**
 * WHERE and HAVING as a tree. The parser hands over a flat chain with counts of parentheses; the shape they mean, and
 * the platform's rule that AND and OR may not be mixed without them, are restored here.
 */
import type { Condition, ConditionWithValueQuery, HavingClause, WhereClause } from '@jetstreamapp/soql-parser-js'
import { malformed } from './refusal.ts'

export type Comparison = Exclude<ConditionWithValueQuery, { openParen: number; field?: never; fn?: never }>

export type BooleanTree =
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: 'not'; readonly of: BooleanTree }
  | { readonly kind: 'and' | 'or'; readonly of: readonly BooleanTree[] }

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Comparison

const isComparison = (condition: Condition | ConditionWithValueQuery): condition is Comparison =>
  'field' in condition || 'fn' in condition

function tokensOf(clause: WhereClause | HavingClause): readonly Token[] {
  const tokens: Token[] = []
  let at: WhereClause | HavingClause | undefined = clause
  while (at !== undefined) {
    const left: Condition | ConditionWithValueQuery | null = at.left
    if (left !== null) {
      for (let open = left.openParen ?? 0; open > 0; open--) tokens.push('(')
      if (isComparison(left)) {
        tokens.push(left)
        for (let close = left.closeParen ?? 0; close > 0; close--) tokens.push(')')
      }
    }
    if (!('operator' in at)) break
    tokens.push(at.operator)
    at = at.right
  }
  return tokens
}

export function booleanTree(clause: WhereClause | HavingClause): BooleanTree {
  const tokens = tokensOf(clause)
  let position = 0

  const term = (): BooleanTree => {
    const token = tokens[position++]
    if (token === 'NOT') return { kind: 'not', of: term() }
    if (token === '(') {
      const inner = chain()
      if (tokens[position++] !== ')') throw malformed(`expecting a right parentheses, found '<EOF>'`)
      return inner
    }
    if (token === undefined || typeof token === 'string') throw malformed(`unexpected token: '${token ?? '<EOF>'}'`)
    return { kind: 'comparison', comparison: token }
  }

  const chain = (): BooleanTree => {
    const terms = [term()]
    let joined: 'AND' | 'OR' | undefined
    for (let next = tokens[position]; next === 'AND' || next === 'OR'; next = tokens[position]) {
      if (joined !== undefined && joined !== next) throw malformed(`unexpected token: '${next}'`)
      joined = next
      position++
      terms.push(term())
    }
    const [only] = terms
    if (joined === undefined && only !== undefined) return only
    return { kind: joined === 'OR' ? 'or' : 'and', of: terms }
  }

  const tree = chain()
  if (position !== tokens.length) throw malformed(`unexpected token: ')'`)
  return tree
}
