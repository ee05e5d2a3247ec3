/** The evidence of a run: complete, true to the ledger, without a secret, and harmless whatever people wrote into it. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { htmlReport } from '../../src/rotation/report/html.ts'
import { markdownReport } from '../../src/rotation/report/markdown.ts'
import { runReport } from '../../src/rotation/report/run-report.ts'
import type { RunReport } from '../../src/rotation/report/run-report.ts'
import { newPlatform } from './toy-platform.ts'
import { toy } from './toy-rotation.ts'
import type { Toy } from './toy-rotation.ts'

const hostile = '<script>alert(1)</script> | [x](javascript:1) `*_\n# head'

const reportOf = async (
  t: Parameters<typeof toy>[0],
  verdict: 'fine' | 'refused',
  meanwhile: (place: Toy, id: string) => Promise<void> = async () => undefined,
): Promise<RunReport> => {
  const platform = { ...newPlatform(), verdict }
  const place = await toy(t, platform, { common: { destinations: ['one', 'two'] } })
  const rotation = place.open()
  await rotation.adopt('toy', 'test', { value: new Secret('first') })
  await rotation.start('toy', { why: hostile, who: 'an <admin>', attended: false })
  for (let round = 0; round < 5; round++) {
    const { over } = await rotation.advance('toy', { attended: false })
    if (over) break
    place.clock.push(86_400_000)
  }
  const doc = await rotation.state('toy')
  await meanwhile(place, doc?.runs[0] ?? '')
  const found = await rotation.run(doc?.runs[0] ?? '')
  assert(found !== null)
  const rotator = await rotation.rotatorOf('toy')
  return runReport(place.keyturn.store, {
    credential: 'toy',
    kind: 'toy',
    title: rotator.title,
    does: (step) => rotator.steps.find(({ name }) => name === step)?.does ?? '',
    run: found.run,
  })
}

void test('a run that went well tells every step, its window, its destinations and its entries', async (t) => {
  const report = await reportOf(t, 'fine')
  assert.equal(report.state, 'retired')
  assert.deepEqual(
    report.steps.map(({ step }) => step),
    ['stage', 'activate', 'verify', 'distribute', 'settle', 'drain', 'retire'],
  )
  assert.deepEqual(report.destinations, { one: 'read back', two: 'read back' })
  assert.match(report.drain ?? '', /not observable/)
  assert.equal(report.exposed.length, 1)
  assert.equal(report.ledger.entries[0]?.kind, 'rotation-planned')
  assert.equal(report.ledger.entries.at(-1)?.kind, 'rotation-retired')
  assert.equal(report.ledger.entries.filter(({ kind }) => kind === 'rotation-step-begun').length, 7)
  const html = htmlReport(report)
  const folder = process.env['KEYTURN_REPORTS']
  if (folder !== undefined) writeFileSync(`${folder}/rotation.html`, html)
  const everything = [JSON.stringify(report), markdownReport(report), html].join('\n')
  assert(!everything.includes('value-2') && !everything.includes('"first"'))
})

void test('what people wrote into a run stays text in Markdown and HTML', async (t) => {
  const report = await reportOf(t, 'refused')
  assert.equal(report.state, 'rolled-back')
  const html = htmlReport(report)
  assert(!/<script/i.test(html))
  assert(html.includes('&lt;script&gt;'))
  const markdown = markdownReport(report)
  assert(!/^# head/m.test(markdown))
  assert(!/(?<!\\)\[x\]/.test(markdown))
  assert.match(markdown, /\*\*What went wrong:\*\* the login was refused/)
  assert.match(markdown, /\| Old version \| in use, as before \|/)
})

void test('people and what they wrote are in the ledger as commitments, and the report says whether they still fit', async (t) => {
  const fine = await reportOf(t, 'fine', async ({ keyturn }) => {
    const ledger = JSON.stringify(await keyturn.store.ledger(1, 1_000))
    for (const text of ['an <admin>', 'alert(1)', '2 destinations confirmed']) assert(!ledger.includes(text), text)
  })
  assert.deepEqual(fine.confirmed, { who: true, why: true })
  assert(fine.steps.every(({ entry }) => entry !== null))
  // Somebody who may write the store makes the evidence say something else.
  const altered = await reportOf(t, 'fine', async ({ keyturn }, id) => {
    const record = await keyturn.store.records.get('rotation-run', id)
    const doc = JSON.parse(JSON.stringify(record?.doc).replace('an <admin>', 'nobody').replace('works', 'worked well'))
    await keyturn.store.records.put({ kind: 'rotation-run', id, doc })
  })
  assert.deepEqual(altered.confirmed, { who: false, why: true })
  assert.deepEqual(
    altered.steps.filter(({ entry }) => entry === null).map(({ step }) => step),
    ['verify'],
  )
  assert.match(markdownReport(altered), /nobody \(not what the ledger holds\)/)
})
