/** The formats of an audit by name, with the ending of their files. */
import type { AuditReport } from '../report.ts'
import { asTable } from './table.ts'
import type { Screen } from './table.ts'

export const formatNames = ['table', 'json', 'sarif', 'ocsf', 'junit', 'csv', 'markdown', 'html'] as const

export type FormatName = (typeof formatNames)[number]

export const endings: Readonly<Record<FormatName, string>> = {
  table: '.txt',
  json: '.json',
  sarif: '.sarif',
  ocsf: '.ocsf.json',
  junit: '.junit.xml',
  csv: '.csv',
  markdown: '.md',
  html: '.html',
}

interface Rendering {
  /** Of Keyturn. */
  readonly version: string
  readonly screen?: Screen
}

/** In pieces, where the whole may be large. Each format is loaded when it is asked for. */
export const renderParts = async (
  name: FormatName,
  report: AuditReport,
  { version, screen }: Rendering,
): Promise<Iterable<string>> => {
  switch (name) {
    case 'table':
      return [asTable(report, screen), '\n']
    case 'json':
      return (await import('./json.ts')).asJson(report)
    case 'sarif':
      return [(await import('./sarif.ts')).asSarif(report, version)]
    case 'ocsf':
      return [(await import('./ocsf.ts')).asOcsf(report, version)]
    case 'junit':
      return [(await import('./junit.ts')).asJunit(report)]
    case 'csv':
      return [(await import('./csv.ts')).asCsv(report)]
    case 'markdown':
      return [(await import('./markdown.ts')).asMarkdown(report)]
    case 'html':
      return [(await import('./html.ts')).asHtml(report, version)]
  }
}

export const render = async (name: FormatName, report: AuditReport, rendering: Rendering): Promise<string> =>
  [...(await renderParts(name, report, rendering))].join('')
