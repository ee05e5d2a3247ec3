/** JSON: the report itself, in pieces. */
import type { AuditReport } from '../report.ts'
import { jsonTextParts } from './json-text.ts'

export const asJson = (report: AuditReport): Iterable<string> => jsonTextParts(report)
