/** A row a test: a restriction, what was seen, and who is certain, possible or not seen at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { impactOf } from '../../../src/posture/impact/impact-of.ts'
import type { Impact } from '../../../src/posture/impact/impact.ts'
import type { Restriction } from '../../../src/posture/impact/restriction.ts'
import { evidenceOf } from './evidence.ts'
import type { Sketch } from './evidence.ts'

export interface Row extends Sketch {
  readonly name: string
  readonly restriction: Restriction
  /** Users, sorted. */
  readonly cutOff?: readonly string[]
  readonly possible?: readonly string[]
  readonly blind?: readonly RegExp[]
  readonly locksOutSelf?: boolean
}

const usersOf = (list: Impact['cutOff']): readonly string[] => list.map(({ user }) => user).toSorted()

export const judgeRows = (rows: readonly Row[]): void => {
  for (const row of rows) {
    void test(row.name, () => {
      const impact = impactOf(row.restriction, evidenceOf(row))
      const said = JSON.stringify(impact, null, 1)
      assert.deepEqual(usersOf(impact.cutOff), row.cutOff ?? [], said)
      assert.deepEqual(usersOf(impact.possible), row.possible ?? [], said)
      const wanted = row.blind ?? []
      assert.equal(impact.blind.length, wanted.length, said)
      for (const words of wanted)
        assert(
          impact.blind.some((text) => words.test(text)),
          said,
        )
      assert.equal(impact.locksOutSelf, row.locksOutSelf ?? false, said)
      for (const { why } of [...impact.cutOff, ...impact.possible]) assert.match(why, /\.$/)
    })
  }
}
