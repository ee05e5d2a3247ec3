/** A simulated org in a process of its own, so that it doesn't share the measured process's thread. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ReadyGrant } from '@keyturn/simulator'

export interface BenchOrg {
  readonly url: string
  grant(app?: string): Promise<ReadyGrant>
  grants(count: number): Promise<readonly ReadyGrant[]>
  expire(): Promise<void>
  exchanges(): Promise<number>
  /** Milliseconds that each token request takes at the server. */
  latency(ms: number): Promise<void>
  close(): Promise<void>
}

export const startBenchOrg = async (): Promise<BenchOrg> => {
  const child: ChildProcess = fork(join(import.meta.dirname, 'org-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [first] = (await once(child, 'message')) as [{ url: string }]
  let asked = 0
  const ask = async <T>(verb: string, data: unknown = null): Promise<T> => {
    const id = ++asked
    child.send({ id, verb, data })
    for (;;) {
      const [answer] = (await once(child, 'message')) as [{ id: number; data: T }]
      if (answer.id === id) return answer.data
    }
  }
  return {
    url: first.url,
    grant: (app = 'Web') => ask('grant', app),
    grants: (count) => ask('grants', count),
    expire: () => ask('expire'),
    exchanges: () => ask('exchanges'),
    latency: (ms) => ask('latency', ms),
    close: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
