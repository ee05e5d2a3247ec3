/**
 * The form of a control that looks at tokens: the wrong ones are named by app or user, and with some unread nothing passes.
 */
import type { Control, Evidence } from '../control.ts'
import type { Family, TokenInventory } from '../facts.ts'
import type { Asked, ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import type { Words } from './looks.ts'
import { judgementOf, right, unknownFamily, unsure, wrong } from './looks.ts'

interface TokenControl extends ControlText {
  readonly families?: readonly Family[]
  readonly noun: Words['noun']
  /** Completes “3 of 12 apps: …”. */
  readonly wrong: string
  /** How many apps or users hold tokens at all. */
  readonly among: (inventory: TokenInventory) => number
  readonly find: (inventory: TokenInventory, asked: Asked) => Findings
}

interface Findings {
  /** Each thing that is wrong. */
  readonly found: readonly Found[]
  /** What can't be told besides. */
  readonly cannot?: string
}

interface Found {
  readonly subject: string
  readonly text: string
  readonly facts: Evidence['facts']
}

export const tokenControl = ({ families = [], noun, wrong: matter, among, find, ...text }: TokenControl): Control =>
  controlOf(text, ['tokens', ...families], (asked) => {
    const { tokens } = asked.facts
    if (tokens.is === 'unknown') return unknownFamily('tokens', tokens)
    const { complete, why, counted } = tokens.value
    const { found, cannot } = find(tokens.value, asked)
    const open = [...(cannot === undefined ? [] : [cannot]), ...(complete ? [] : [`Not all tokens were read: ${why}`])]
    if (counted === 0 && open.length === 0) {
      return { verdict: 'not-applicable', why: 'the org has no OAuth tokens', evidence: [] }
    }
    const bad = found.map(({ subject, ...one }) => ({ ...wrong(one.text, one.facts), subject }))
    const fine = Array.from({ length: Math.max(0, among(tokens.value) - bad.length) }, () => ({
      ...right,
      subject: 'tokens',
    }))
    const unread = open.map((text) => ({ ...unsure(text), subject: 'tokens' }))
    return judgementOf([...bad, ...fine, ...unread], { noun, wrong: matter })
  })
