/** JSON: the report itself. */
import type { AuditReport } from '../report.ts'
import { jsonText } from './json-text.ts'

export const asJson = (report: AuditReport): string => jsonText(report)
