/**
 * The form of a control that looks at tokens: the wrong ones are named by app or user, and with some unread nothing passes.
 */
import type { Control, Evidence } from '../control.ts'
import type { Family, TokenInventory } from '../facts.ts'
import type { Asked, ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import { judgementOf, right, unknownFamily, unsure, wrong } from './looks.ts'

interface TokenControl extends ControlText {
  readonly families?: readonly Family[]
  /** Completes “3 of 12 …: …”. */
  readonly wrong: string
  /** Each thing that is wrong; a text when it can't be told. */
  readonly find: (inventory: TokenInventory, asked: Asked) => readonly Found[] | { readonly cannot: string }
}

export interface Found {
  readonly subject: string
  readonly text: string
  readonly facts: Evidence['facts']
}

export const tokenControl = ({ families = [], wrong: matter, find, ...text }: TokenControl): Control =>
  controlOf(text, ['tokens', ...families], (asked) => {
    const { tokens } = asked.facts
    if (tokens.is === 'unknown') return unknownFamily('tokens', tokens)
    const { complete, why, counted } = tokens.value
    const found = find(tokens.value, asked)
    const open = 'cannot' in found ? found.cannot : complete ? null : `Not all tokens were read: ${why}`
    if (counted === 0 && open === null)
      return { verdict: 'not-applicable', why: 'the org has no OAuth tokens', evidence: [] }
    const looks =
      'cannot' in found ? [] : found.map(({ subject, ...one }) => ({ ...wrong(one.text, one.facts), subject }))
    const rest =
      looks.length > 0 && open === null ? [] : [{ ...(open === null ? right : unsure(open)), subject: 'tokens' }]
    return judgementOf([...looks, ...rest], {
      noun: ['holder of tokens asked', 'holders of tokens asked'],
      wrong: matter,
    })
  })
