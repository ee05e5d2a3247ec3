/** What reading a source takes: whom to ask, what the auditor may see, and the moment. */
import type { Asker } from './asker.ts'
import type { AuditPermission } from './own-permissions.ts'

export interface SourceContext {
  readonly ask: Asker
  readonly own: ReadonlySet<AuditPermission>
  readonly now: number
}
