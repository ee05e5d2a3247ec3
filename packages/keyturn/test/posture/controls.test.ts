/**
 * Every control by its cases; that the cases would notice a judge that always says the same; and which entries of the
 * catalogues are covered, by which control, or why not.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Control, ControlCase, Judgement, Parameters, Verdict } from '../../src/posture/control.ts'
import { profileNames } from '../../src/posture/control.ts'
import { known } from '../../src/posture/fact.ts'
import { noFacts } from '../../src/posture/no-facts.ts'
import { allControls, casesOf } from '../../src/posture/controls/registry.ts'
import { hidden, now } from '../../src/posture/controls/sample-facts.ts'

const controls = await allControls()
const cases = new Map(await Promise.all(controls.map(async ({ id }) => [id, await casesOf(id)] as const)))

const production = { id: '00D000000000001', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.example.com' }

/** Unless a case says otherwise: what the mildest profile that asks for it would pass. */
const parametersOf = ({ profiles }: Control, { parameters }: ControlCase): Parameters =>
  parameters ?? profileNames.map((name) => profiles[name]).find((found) => found !== undefined) ?? {}

type Judge = Control['judge']

const judged = (control: Control, one: ControlCase, judge: Judge = control.judge): Judgement =>
  judge({ ...noFacts, ...one.facts }, parametersOf(control, one), {
    takenAt: now,
    org: { ...production, ...one.org },
  })

const holds = (one: ControlCase, { verdict, evidence }: Judgement): boolean =>
  verdict === one.verdict &&
  (one.subjects ?? []).every((subject) => evidence.some((found) => found.subject === subject))

for (const control of controls) {
  test(`${control.id}: every case comes out as it is written`, () => {
    for (const one of cases.get(control.id) ?? []) {
      const judgement = judged(control, one)
      assert.ok(
        holds(one, judgement),
        `${one.name}: wanted ${one.verdict} ${(one.subjects ?? []).join(' ')}, got ${JSON.stringify(judgement)}`,
      )
      if (judgement.verdict === 'fail' || judgement.verdict === 'unknown') {
        assert.ok(judgement.evidence.length > 0, `${one.name}: a ${judgement.verdict} names what it is about`)
        assert.ok(
          judgement.evidence.every(({ text }) => text !== ''),
          `${one.name}: evidence has a text`,
        )
      }
      assert.notEqual(judgement.why, '', `${one.name}: a verdict has a reason`)
    }
  })

  test(`${control.id}: a judge that always says the same would be noticed`, () => {
    const written = cases.get(control.id) ?? []
    for (const verdict of ['pass', 'fail', 'unknown', 'not-applicable'] as const satisfies readonly Verdict[]) {
      // The mutant names every subject that the case wants: only its verdict can give it away.
      const same =
        (one: ControlCase): Judge =>
        () => ({
          verdict,
          why: 'always the same',
          evidence: (one.subjects ?? []).map((subject) => ({ subject, text: 'always the same', facts: {} })),
        })
      const survives = written.every((one) => holds(one, judged(control, one, same(one))))
      assert.equal(survives, false, `nothing notices a judge that always says ${verdict}`)
      assert.ok(
        verdict === 'not-applicable' || written.some((one) => one.verdict === verdict),
        `there is no case for ${verdict}`,
      )
    }
  })

  test(`${control.id}: fails name their subject, and the cases would notice another`, () => {
    const failing = (cases.get(control.id) ?? []).filter(({ verdict }) => verdict === 'fail')
    assert.ok(failing.some(({ subjects }) => (subjects ?? []).length > 0))
  })

  test(`${control.id}: with nothing collected nothing passes`, () => {
    const judgement = judged(control, { name: 'nothing', facts: {}, verdict: 'unknown' })
    assert.equal(judgement.verdict, 'unknown', judgement.why)
  })

  test(`${control.id}: says in its own words what it is, why, and what to do`, () => {
    assert.match(control.id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    for (const text of [control.title, control.why, control.remedy]) assert.ok(text.length > 10, text)
    assert.ok(!control.title.endsWith('.'))
    assert.ok(control.families.length > 0)
    assert.ok(Object.keys(control.profiles).length > 0, 'some profile asks for it')
  })
}

type Path = readonly (string | number)[]

/** Where there is a known fact, at any depth. */
const knownAt = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return []
  const here = 'is' in value && value.is === 'known' && 'value' in value ? [path] : []
  return [...here, ...Object.entries(value).flatMap(([key, inner]) => knownAt(inner, [...path, key]))]
}

const hiddenAt = (value: unknown, [key, ...rest]: Path): unknown => {
  if (key === undefined) return hidden
  if (Array.isArray(value))
    return value.map((inner: unknown, at) => (String(at) === key ? hiddenAt(inner, rest) : inner))
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
  return Object.fromEntries(entries.map(([name, inner]) => [name, name === key ? hiddenAt(inner, rest) : inner]))
}

for (const control of controls) {
  test(`${control.id}: what the auditor may not see never makes a pass of anything else`, () => {
    for (const one of cases.get(control.id) ?? []) {
      if (one.verdict !== 'fail' && one.verdict !== 'unknown') continue
      for (const path of knownAt(one.facts)) {
        const facts = hiddenAt(one.facts, path) as ControlCase['facts']
        const { verdict, why } = judged(control, { ...one, facts })
        assert.ok(
          verdict === 'fail' || verdict === 'unknown',
          `${one.name}: without ${path.join('.')} it is ${verdict}: ${why}`,
        )
      }
    }
  })

  test(`${control.id}: what it passes rests on something that was read`, () => {
    for (const one of cases.get(control.id) ?? []) {
      if (one.verdict !== 'pass') continue
      const verdicts = knownAt(one.facts).map(
        (path) => judged(control, { ...one, facts: hiddenAt(one.facts, path) as ControlCase['facts'] }).verdict,
      )
      assert.ok(verdicts.includes('unknown'), `${one.name}: nothing that is hidden makes it unknown`)
    }
  })
}

/** Of the parameters only those that decide; lists of names that are empty until somebody fills them do not. */
const deciding = ({ because: _, ...values }: Parameters): string => JSON.stringify(values)

for (const control of controls) {
  const asked = Object.values(control.profiles)
  for (const [at, parameters] of asked.entries()) {
    for (const others of asked.slice(at + 1)) {
      if (deciding(parameters) === deciding(others)) continue
      test(`${control.id}: a case tells ${deciding(parameters)} from ${deciding(others)}`, () => {
        const told = (cases.get(control.id) ?? []).some(
          (one) =>
            judged(control, { ...one, parameters }).verdict !== judged(control, { ...one, parameters: others }).verdict,
        )
        assert.ok(told, 'the parameters could be mixed up and nothing would notice')
      })
    }
  }
}

interface Catalogue {
  readonly ids: readonly string[]
  /** Entries that must be judged, whatever else is left. */
  readonly floor?: readonly string[]
  /** Entries nothing here judges, and why. */
  readonly left: Readonly<Record<string, string>>
}

const catalogues = JSON.parse(readFileSync(new URL('./catalogue-ids.json', import.meta.url), 'utf8')) as Readonly<
  Record<keyof Control['catalogues'], Catalogue>
>

test('every id of a catalogue that a control names exists there', () => {
  for (const { id, catalogues: named } of controls) {
    for (const [name, ids] of Object.entries(named)) {
      for (const one of ids) {
        const { ids: known } = catalogues[name as keyof Control['catalogues']]
        assert.ok(known.includes(one), `${id} names ${name} ${one}, which does not exist`)
      }
    }
  }
})

for (const [name, { ids, left, floor = [] }] of Object.entries(catalogues)) {
  test(`catalogue ${name}: every entry is covered by a control, or it is said why not`, (context) => {
    const covering = (id: string): readonly string[] =>
      controls
        .filter(({ catalogues: named }) => (named[name as keyof Control['catalogues']] ?? []).includes(id))
        .map((control) => control.id)
    const lines = ids.map((id) => ({ id, by: covering(id), reason: left[id] }))
    for (const { id, by, reason } of lines) {
      assert.ok(by.length > 0 || reason !== undefined, `${id} is neither covered nor is it said why not`)
      assert.ok(by.length === 0 || reason === undefined, `${id} is covered by ${by.join(', ')} and said to be left`)
    }
    for (const id of floor) assert.ok(covering(id).length > 0, `${id} must be covered`)
    context.diagnostic(`${name}: ${lines.filter(({ by }) => by.length > 0).length} of ${ids.length} covered`)
    for (const { id, by, reason } of lines) context.diagnostic(`  ${id}: ${by.join(', ') || `left: ${reason}`}`)
  })
}

test('logins whose addresses are networks or gone change no verdict', () => {
  let looked = 0
  for (const control of controls)
    for (const one of cases.get(control.id) ?? []) {
      const { logins } = one.facts
      if (logins?.is !== 'known') continue
      for (const address of ['203.0.113.0/24', '2001:db8:7::/48', '*']) {
        const uses = logins.value.uses.map((use) => ({ ...use, address }))
        const facts = { ...one.facts, logins: known({ ...logins.value, uses, addresses: 'all' as const }) }
        const folded: ControlCase = { ...one, facts }
        looked += uses.length
        assert.ok(holds(folded, judged(control, folded)), `${control.id}: ${one.name}, from ${address}`)
      }
    }
  assert.ok(looked > 50)
})
