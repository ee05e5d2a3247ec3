/** The thread of an audit: runs one task and answers. */
import { parentPort, workerData } from 'node:worker_threads'
import { runAudit } from './audit-run.ts'
import type { AuditTask, FromAudit } from './audit-task.ts'
import { asKeyturnError } from '../output/error-text.ts'

const answer = (message: FromAudit): void => parentPort?.postMessage(message)

try {
  const done = await runAudit(workerData as AuditTask, {
    tell: (text) => answer({ is: 'progress', text }),
    print: (text) => answer({ is: 'text', text }),
  })
  answer({ is: 'done', done })
} catch (thrown) {
  const error = asKeyturnError(thrown)
  const { code, message, fix, data } = error.toJSON()
  const stack = String(thrown instanceof Error ? thrown.stack : error.stack)
  answer({ is: 'failed', error: { code, message, fix, data, stack } })
}
