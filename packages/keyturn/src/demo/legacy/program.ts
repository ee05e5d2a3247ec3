/** One of the legacy programs as a process: a line in, a line out. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { mind, plainEnvironment } from '../children.ts'

export const programNames = ['soap-program', 'pinning-program'] as const
export type ProgramName = (typeof programNames)[number]

export interface Program {
  /** `ok`, or what the program complains of. */
  call(): Promise<string>
  stop(): Promise<void>
}

export const startProgram = (name: ProgramName, environment: NodeJS.ProcessEnv): Program => {
  const file = new URL(`../workers/${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  const child = spawn(process.execPath, [fileURLToPath(file)], {
    // What clients print of their own (warnings of http) would only disturb the story.
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...plainEnvironment(), ...environment },
  })
  mind(child)
  const gone = once(child, 'exit')
  child.stdin.on('error', () => undefined)
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    call: async () => {
      child.stdin.write('go on\n')
      const { value, done } = await said.next()
      return done === true ? 'the program ended' : value
    },
    stop: async () => {
      child.stdin.end()
      await gone
    },
  }
}
