/**
 * The matrix. In the ordinary run each kind goes through every step and every trouble under one setting of the switches,
 * a cell in five; with KEYTURN_LONG=1 all of it. The table is printed, and no cell is empty without a reason.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadRotator } from '../../../src/rotation/rotators/load-rotator.ts'
import type { CredentialKind } from '../../../src/rotation/rotators/settings.ts'
import { recordCounts } from '../../../../../test/counts.ts'
import { externalClientAppMatrix } from './external-client-app.ts'
import { runCell, troubleNames } from './matrix.ts'
import type { Cell, MatrixKind } from './matrix.ts'
import { securityTokenMatrix } from './security-token.ts'

const long = process.env['KEYTURN_LONG'] !== undefined
const kinds: readonly MatrixKind[] = [externalClientAppMatrix, securityTokenMatrix]
const all: Cell[] = []

for (const kind of kinds) {
  void test(`${kind.kind}: whatever goes wrong at whichever step, something logs in and the run can go on`, async (t) => {
    const { steps } = await loadRotator(kind.kind as CredentialKind)
    const cells: Cell[] = []
    let index = 0
    for (const switches of Object.keys(kind.switches)) {
      for (const { name } of steps) {
        for (const trouble of troubleNames(kind)) {
          index += 1
          if (long || index % 5 === 0) cells.push(await runCell(t, kind, switches, name, trouble))
        }
      }
    }
    all.push(...cells)
    const counts: Record<string, number> = {}
    for (const { outcome } of cells) counts[outcome] = (counts[outcome] ?? 0) + 1
    t.diagnostic(`${cells.length} cells of ${index}: ${JSON.stringify(counts)}`)
    for (const { switches, step, trouble, outcome } of cells)
      if (!outcome.startsWith('retired')) t.diagnostic(`${switches} · ${step} · ${trouble}: ${outcome}`)
    assert(cells.filter(({ outcome }) => outcome.includes('retired')).length > cells.length / 3)
    assert(cells.every(({ outcome }) => outcome !== ''))
  })
}

after(() => {
  const byKind: Record<string, Record<string, number>> = {}
  for (const { kind, outcome } of all) {
    const counts = (byKind[kind] ??= {})
    const short = outcome.replace(/:.*| \(.*/, '')
    counts[short] = (counts[short] ?? 0) + 1
  }
  recordCounts('rotation-matrix', { cells: all.length, byKind })
})
