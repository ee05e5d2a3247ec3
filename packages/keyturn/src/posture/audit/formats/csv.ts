/** CSV, one row a finding, for spreadsheets. */
import type { AuditReport } from '../report.ts'
import type { Finding, Result } from '../result.ts'
import { csvLine } from './csv-text.ts'

const titles = [
  'severity',
  'control',
  'verdict',
  'subject',
  'finding',
  'because',
  'title',
  'remedy',
  'effort',
  'catalogues',
  'waived_until',
  'waived_by',
  'waived_because',
  'fingerprint',
] as const

type Row = Readonly<Partial<Record<(typeof titles)[number], string>>>

const rowsOf = (result: Result): readonly Row[] => {
  const { severity, control, title, remedy, effort, because } = result
  const catalogues = Object.values(result.catalogues).flat().join(' ')
  const common = { severity, control, title, because, catalogues }
  const about = ({ subject, text, fingerprint }: Finding): Row => ({ subject, finding: text, fingerprint })
  const rows: readonly Row[] = [
    ...result.findings.map((one) => ({ ...about(one), verdict: 'fail', remedy, effort })),
    ...result.open.map((one) => ({ ...about(one), verdict: 'unknown' })),
    ...result.waived.map((one) => ({
      ...about(one),
      verdict: 'waived',
      waived_until: one.waiver.expires,
      waived_by: one.waiver.owner,
      waived_because: one.waiver.reason,
    })),
  ]
  return (rows.length > 0 ? rows : [{ verdict: result.verdict }]).map((one) => ({
    ...common,
    ...one,
  }))
}

/** With a byte order mark: without it Excel reads UTF-8 as something else. */
export const asCsv = ({ results }: AuditReport): string =>
  `\ufeff${titles.join(',')}\r\n${results
    .flatMap(rowsOf)
    .map((row) => csvLine(titles.map((title) => row[title] ?? '')))
    .join('')}`
