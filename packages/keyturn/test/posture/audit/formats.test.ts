/** Every format with an org that calls things what would do harm somewhere. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { asCsv } from '../../../src/posture/audit/formats/csv.ts'
import { formatNames, render } from '../../../src/posture/audit/formats/format.ts'
import { asHtml } from '../../../src/posture/audit/formats/html.ts'
import { asJson } from '../../../src/posture/audit/formats/json.ts'
import { asJunit } from '../../../src/posture/audit/formats/junit.ts'
import { asMarkdown } from '../../../src/posture/audit/formats/markdown.ts'
import { asOcsf } from '../../../src/posture/audit/formats/ocsf.ts'
import { asTable } from '../../../src/posture/audit/formats/table.ts'
import { audit, control, evidenceOf, failed, hostile, hostileAudit, judged, pass, unknown } from './sample-audit.ts'
import { readXml } from './read-xml.ts'

const version = '1.2.3'
const report = hostileAudit()
const long = hostile.at(-1) ?? ''

// oxlint-disable-next-line no-control-regex -- control characters are what these tests are about
const obeyed = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/

for (const name of formatNames) {
  test(`${name}: no character that a terminal obeys comes out, and no half character`, async () => {
    const text = await render(name, report, { version })
    assert.equal(obeyed.exec(text), null)
    assert(text.isWellFormed())
    assert(text.length > 500)
  })

  test(`${name}: the same audit is the same bytes`, async () => {
    assert.equal(await render(name, hostileAudit(), { version }), await render(name, report, { version }))
  })

  test(`${name}: what could not be judged is not shown as passed, nor left out`, async () => {
    const only = audit([judged(control('hidden-thing', 'critical'), unknown('app:Erp'))])
    const text = await render(name, only, { version })
    assert.match(text, /hidden-thing/)
    assert.match(text, /could not be judged|can’t be judged/i)
    assert.match(text, /Customize Application/)
  })

  test(`${name}: an audit without a single control is still a document`, async () => {
    assert((await render(name, audit([]), { version })).length > 2)
  })
}

for (const name of ['table', 'csv', 'junit', 'markdown', 'html'] as const) {
  test(`${name}: a name of 10,000 characters is cut`, async () => {
    assert(!(await render(name, report, { version })).includes(long.slice(0, 2500)))
  })
}

test('table: one line a finding, whatever the name says', () => {
  const text = asTable(report)
  assert(text.includes('\\u001b[2J'))
  assert(!text.split('\n').some((line) => line.startsWith('line two')))
})

test('json: every name is as the org has it', () => {
  const read = JSON.parse([...asJson(report)].join('')) as typeof report
  const subjects = read.results.flatMap((one) => one.findings.map(({ subject }) => subject))
  for (const name of hostile) assert(subjects.includes(`app:${name}`))
})

test('csv: no cell is a formula, also where a spreadsheet splits at semicolons or tabs', () => {
  const text = asCsv(report)
  const lines = text.replace('\ufeff', '').split('\r\n').slice(1, -1)
  for (const line of lines) {
    // No line break inside of cells: a row is a line.
    assert.match(line, /^"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*$/)
    for (const cell of line.split(/[;,\t|]/))
      assert.doesNotMatch(cell.replace(/^["\s]+/, ''), /^[=+\-@]/, cell.slice(0, 80))
  }
  const titles = text.split('\r\n')[0]?.split(',').length
  for (const line of lines) assert.equal(line.split('","').length, titles)
})

test('csv: a subject with quotes stays one cell', () => {
  const text = asCsv(audit([judged(control('one', 'low'), failed('app:say "hi", please'))]))
  assert(text.includes('"app:say ""hi"", please"'))
})

test('junit: well-formed XML with the totals of its cases; unknown is an error, not a skip', () => {
  const root = readXml(asJunit(report))
  assert.equal(root.name, 'testsuites')
  const cases = root.children.flatMap((suite) => suite.children)
  const of = (name: string): number => cases.filter(({ children }) => children.some((one) => one.name === name)).length
  assert.equal(cases.length, Number(root.attributes['tests']))
  assert.equal(of('failure'), Number(root.attributes['failures']))
  assert.equal(of('error'), Number(root.attributes['errors']))
  assert.equal(of('skipped'), Number(root.attributes['skipped']))
  assert.equal(of('error'), 1)
})

test('markdown: names are no HTML, no link, no mention and no new cell', () => {
  const text = asMarkdown(report)
  const outside = text.replace(/<code>[^<`|]*<\/code>/g, 'code').replace(/(?<=[ \n])`[\w -]+`/g, 'code')
  assert.doesNotMatch(outside, /<[a-z/!]/i)
  assert.doesNotMatch(outside, /@\w|[^&]#\d|https?:\/\/|www\./)
  assert.doesNotMatch(outside, /(?<!\\)\]\(/)
  assert.doesNotMatch(outside, /(?<!\\)`/)
  const tables = text.split('\n').filter((line) => line.startsWith('| '))
  for (const line of tables) {
    const bars = line.replaceAll('\\|', '').split('|').length - 1
    assert([3, 4, 6].includes(bars), line.slice(0, 200)) // the tables of subjects, reasons, severities and waivers
  }
})

test('html: the page holds no element, attribute or address that a name brought along', () => {
  const text = asHtml(report, version)
  const tags = new Set([...text.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => name))
  const known =
    'html head meta title style body main p h1 h2 h3 b br div ul li span svg circle rect line polyline text ol a article header table thead tbody tr th td code details summary footer'
  assert.deepEqual(
    [...tags].filter((name) => !known.split(' ').includes(name ?? '')),
    [],
  )
  assert.doesNotMatch(text, /<[^>]*\s(on\w+|style|src)=/i)
  for (const [, address] of text.matchAll(/href="([^"]*)"/g)) assert.match(address ?? '', /^#[a-z0-9-]+$/)
  assert.doesNotMatch(text, /<[^>]+(?:https?:)?\/\/[^>]*>/)
  assert.equal(text.match(/<\/style>/g)?.length, 1)
})

test('html: the policy allows the one style by its hash and nothing else', () => {
  const text = asHtml(report, version)
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  assert(text.includes(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`))
})

test('html: says the score and its range, what to do first, and what is unknown and why', () => {
  const list = [
    judged(control('a', 'critical', { title: 'Apps require PKCE', effort: 'days' }), failed('app:Erp')),
    judged(control('b', 'critical', { title: 'Tokens rotate', effort: 'minutes' }), failed('app:Erp')),
    judged(control('c', 'high'), pass),
    judged(control('d', 'high'), unknown('apps')),
  ]
  const text = asHtml(audit(list), version)
  assert.match(text, /Score 20 of 100, between 16 and 33/)
  assert.match(text, /The auditor lacks: <b>Customize Application<\/b>/)
  const first = text.slice(text.indexOf('<ol class="first">'))
  assert(
    first.indexOf('Tokens rotate') < first.indexOf('Apps require PKCE'),
    'of the same severity the quicker one first',
  )
})

test('the checklist is shown line by line and in order, to people too, with those that hold', async () => {
  const line = (id: string) => ({ catalogues: { checklist: [id] } })
  const checklist = ['1', '2', '3'].map((id) => ({ id, title: `Line ${id}`, matters: 'It does.' }))
  const list = [
    judged(control('b', 'critical', line('2')), failed('app:A')),
    judged(control('a', 'low', line('1')), pass),
  ]
  const lines = audit(list, { profile: 'integration', checklist })
  for (const name of ['table', 'markdown', 'html'] as const) {
    const text = await render(name, lines, { version })
    const [one = -1, two = -1, three = -1] = ['1', '2', '3'].map((id) => text.indexOf(`Line ${id}`))
    assert(one !== -1 && one < two && two < three, `${name}: ${one} ${two} ${three}`)
  }
})

test('markdown: commands in our own words stay code', () => {
  const remedy = 'Look with `keyturn rtr`; ignore *.pem and `.env`.'
  const text = asMarkdown(audit([judged(control('a', 'low', { remedy }), failed('app:A'))]))
  assert.match(text, /Look with <code>keyturn rtr<\/code>; ignore \\\*\.pem and <code>&#46;env<\/code>\./)
})

test('html: a control with 5,000 findings is still a page that opens', () => {
  const subjects = Array.from({ length: 5000 }, (_, at) => `app:${at}`)
  const text = asHtml(audit([judged(control('many', 'high'), failed(...subjects))]), version)
  assert(text.length < 200_000, String(text.length))
  assert.match(text, /and 4800 more, in the JSON and CSV reports/)
})

test('ocsf: compliance findings with what the class requires; unknown is a warning, waived suppressed', () => {
  const events = JSON.parse(asOcsf(report, version)) as readonly Record<string, any>[] // oxlint-disable-line typescript/no-explicit-any -- what a test expects of the shape is what it asserts
  assert(events.length > 3 * hostile.length)
  for (const event of events) {
    assert.equal(event['class_uid'], 2003)
    assert.equal(event['category_uid'], 2)
    assert.equal(event['type_uid'], event['class_uid'] * 100 + event['activity_id'])
    assert(event['severity_id'] >= 1 && event['severity_id'] <= 5)
    assert.equal(event['time'], report.takenAt)
    assert.equal(event['metadata'].version, '1.7.0')
    assert.equal(event['metadata'].product.vendor_name, 'Keyturn')
    assert(event['finding_info'].uid !== '' && event['finding_info'].title !== '')
    assert(event['compliance'].standards.length > 0)
    assert([1, 2, 3, 99].includes(event['compliance'].status_id))
  }
  const of = (control: string) => events.filter((event) => event['compliance'].control === control)
  assert(of('app-scope').every((event) => event['compliance'].status === 'Warning'))
  assert(of('app-secret').every((event) => event['status'] === 'Suppressed' && event['compliance'].status === 'Fail'))
  assert.deepEqual(
    of('session-timeout').map((event) => event['compliance'].status),
    ['Pass'],
  )
  const uids = events.map((event) => event['metadata'].uid)
  assert.equal(new Set(uids).size, uids.length)
})

test('a subject that is wrong twice is two findings with fingerprints of their own', () => {
  const twice = { ...failed('app:Erp'), evidence: [evidenceOf('app:Erp', 'one'), evidenceOf('app:Erp', 'two')] }
  const [result] = audit([judged(control('a', 'low'), twice)]).results
  assert.equal(new Set(result?.findings.map(({ fingerprint }) => fingerprint)).size, 2)
})
