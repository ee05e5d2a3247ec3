/**
 * The matrix: every kind of credential × every step × everything that can go wrong. The ordinary run takes an even
 * sample; with KEYTURN_LONG=1 all cells are run and their counts recorded. The table is printed, and no cell of it is
 * empty without a reason.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { TestContext } from 'node:test'
import { recordCounts } from '../../../../../test/counts.ts'
import { cellsOf, sampled } from './cells.ts'
import type { Cells } from './cells.ts'
import { connectedAppCertificateMatrix, externalAppCertificateMatrix } from './certificate.ts'
import { connectedAppMatrix } from './connected-app.ts'
import { externalClientAppMatrix } from './external-client-app.ts'
import { callsOf, runCell } from './matrix.ts'
import type { Cell, MatrixKind } from './matrix.ts'
import { callerSecretMatrix, masterKeyMatrix, refreshTokenMatrix } from './own-credentials.ts'
import { passwordMatrix, personalPasswordMatrix, securityTokenMatrix } from './passwords.ts'
import { byKindAndTrouble, emptyReasons, tableOf } from './table.ts'

const long = process.env['KEYTURN_LONG'] === '1'
/** A pattern of `kind/switches/step/trouble`, for looking at some of it. */
const only = new RegExp(process.env['KEYTURN_MATRIX'] ?? '')
const perKind = 16
/** Each has its own org and store; most of a cell is waiting. */
const atOnce = 6

const kinds: readonly MatrixKind[] = [
  externalClientAppMatrix,
  connectedAppMatrix,
  connectedAppCertificateMatrix,
  externalAppCertificateMatrix,
  securityTokenMatrix,
  passwordMatrix,
  personalPasswordMatrix,
  refreshTokenMatrix,
  callerSecretMatrix,
  masterKeyMatrix,
]

/** A stage of its own for each cell, taken down before the next one is set. */
const onStage = async <T>(name: string, play: (t: TestContext) => Promise<T>): Promise<T> => {
  const closing: (() => Promise<void> | void)[] = []
  const stage = { name, after: (close: () => Promise<void> | void) => void closing.push(close) }
  try {
    return await play(stage as unknown as TestContext)
  } finally {
    for (const close of closing) await close()
  }
}

const done: Cell[] = []
const planned: Cells[] = []

for (const kind of kinds) {
  if (!only.test(`${kind.name}/`) && !only.source.includes('/')) continue
  void test(`${kind.name}: whatever goes wrong at whichever step, something logs in and the run can go on`, async (t) => {
    const cells = await cellsOf(kind, await onStage(`${kind.name}, scouting`, (stage) => callsOf(stage, kind)))
    planned.push(cells)
    const chosen = (long ? cells.run : sampled(cells.run, perKind)).filter(({ switches, step, trouble }) =>
      only.test(`${kind.name}/${switches}/${step}/${trouble}`),
    )
    const waiting = [...chosen]
    const wrong: string[] = []
    const own: Cell[] = []
    const work = async (): Promise<void> => {
      for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
        try {
          const { switches, step, trouble } = place
          const name = `${kind.name} ${switches} ${step} ${trouble}`
          own.push({ ...place, outcome: await onStage(name, (stage) => runCell(stage, place)) })
        } catch (error) {
          wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    done.push(...own)
    t.diagnostic(`${own.length} of ${cells.run.length} cells; ${cells.empty.length} can’t be`)
    for (const { switches, step, trouble, outcome } of own)
      if (outcome.is === 'ended' && (outcome.halts > 0 || outcome.works === 'a person is needed'))
        t.diagnostic(
          `${switches} · ${step} · ${trouble}: ${outcome.state} after ${outcome.halts} halts, ${outcome.works}: ${outcome.why}`,
        )
    if (wrong.length > 0) throw new Error(`${wrong.length} cells went wrong:\n${wrong.join('\n')}`)
    assert(chosen.length < 10 || own.some(({ outcome }) => outcome.is === 'ended' && outcome.works === 'new works'))
  })
}

after(() => {
  const empty = planned.flatMap((cells) => cells.empty)
  const all = planned.flatMap((cells) => cells.run)
  const reasons = emptyReasons(done, empty)
  console.log(
    [
      `${done.length} of ${all.length} cells run; n: the new value works, o: the old one, P: a person is needed`,
      ...tableOf(done, all, empty),
      'Empty (-) because:',
      ...Object.entries(reasons).map(([why, count]) => `${String(count).padStart(5)}  ${why}`),
      'Under other switches than the default ones: troubles that leave in doubt what the platform did, and of the kind’s own what interacts.',
    ].join('\n'),
  )
  // Some of it is no matrix.
  if (process.env['KEYTURN_MATRIX'] !== undefined) return
  recordCounts('rotation-matrix', {
    cells: done.length,
    planned: all.length,
    empty: reasons,
    under:
      'default switches: every step and trouble; other switches: killed, answer lost, outage, cancelled and of the kind’s own what interacts',
    byKind: byKindAndTrouble(done),
  })
})
