/**
 * Runs an audit in a thread with a heap of its own, that tidies up early: V8 otherwise takes what a machine has (600 MB
 * for an org of 10,000 users whose facts need 100), and semi-spaces and growth are decided when a heap is made. A thread
 * that needs more than its limit ends with an error that names the next step, where a process would be killed.
 */
import { totalmem } from 'node:os'
import { Worker } from 'node:worker_threads'
import { KeyturnError } from '@keyturn/tokens'
import { outOfMemory } from './audit-memory.ts'
import type { AuditDone, AuditTask, FromAudit } from './audit-task.ts'
import { keepHeapSmall } from '../small-heap.ts'

/** `.ts` in the checkout, `.js` as published. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/**
 * Half of what the machine (or its container) has: a limit against taking it down, not what is used. Node's own limit for
 * a process is about that, too.
 */
export const usualMegabytes = (): number =>
  Math.max(256, Math.floor(Math.min(process.constrainedMemory() || Infinity, totalmem()) / 2 ** 21))

export interface AuditListener {
  tell(text: string): void
  print(text: string): void
}

export const auditInThread = (task: AuditTask, { tell, print }: AuditListener): Promise<AuditDone> =>
  new Promise((resolve, reject) => {
    keepHeapSmall()
    const worker = new Worker(new URL(`./audit-worker${extension}`, import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: task.megabytes, maxYoungGenerationSizeMb: 8 },
    })
    worker.on('message', (message: FromAudit) => {
      if (message.is === 'progress') return tell(message.text)
      if (message.is === 'text') return print(message.text)
      if (message.is === 'done') return resolve(message.done)
      const { code, message: text, fix, data, stack } = message.error
      reject(Object.assign(new KeyturnError(code, text, { fix, data }), { stack }))
    })
    worker.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory(task.megabytes) : error)
    })
    worker.once('exit', (code) => reject(new KeyturnError('DEFECT', `The audit ended without an answer (${code})`)))
  })
