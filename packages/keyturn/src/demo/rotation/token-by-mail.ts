/** Password and security token of an integration user, turned through the mail; then a program that nobody changed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Simulator } from '../../sim/load-simulator.ts'
import { callsServed } from '../counts.ts'
import { mind, plainEnvironment } from '../children.ts'
import { robot } from './org.ts'
import { factsOf, noteOf, problemsOf } from './turn.ts'
import type { Turn } from './turn.ts'
import { credentials, envFile } from './world.ts'
import type { World } from './world.ts'

export interface TokenTurn extends Turn {
  /** How often the org was asked to set a password. */
  readonly passwordsSet: number
  /** Mails with a token that the org handed to Keyturn's inbox by SMTP. */
  readonly mails: number
}

export const tokenByMail = async (world: World): Promise<TokenTurn> => {
  const { sim, rotation, folder } = world
  const credential = credentials.token
  const began = lastOf(sim)
  const run = await world.turn(credential, async () => void (await sim.control.mailsSettled()))
  const mails = (await sim.control.mailsSettled()).filter(
    ({ user, kind, state }) => user === robot && kind === 'security-token' && state === 'sent',
  ).length
  const passwordsSet = sim.control
    .log({ after: began })
    .filter((event) => event.kind === 'arrived' && event.method === 'POST' && event.path.endsWith('/password')).length
  const before = lastOf(sim)
  const said = await startedWith(join(folder, envFile(credential)), sim.url)
  const verified = run.done.find(({ step }) => step === 'verify')
  const turn = {
    ...factsOf(run),
    ...{ credential, kind: rotation.settingsOf(credential).kind, wanted: 'retired' as const },
    proof: noteOf(run, 'verify'),
    oneKeyMs: null,
    asked: 1,
    served: callsServed(sim.control.log({ after: before })),
    refused: 0,
    passwordsSet,
    mails,
  }
  const problems = [...problemsOf(turn, said === 'ok' ? [] : [said])]
  if (passwordsSet !== 1) problems.push(`the password was set ${passwordsSet} times, not once`)
  if (mails !== 1) problems.push(`${mails} mails with a token came, not one`)
  if (verified?.facts['trusted'] !== false || verified.facts['tokenProved'] !== true)
    problems.push('the token was not proved from an untrusted address')
  return { ...turn, problems }
}

const lastOf = ({ control }: Simulator): number => control.log().at(-1)?.n ?? 0

/** `ok`, or what the program complains of. */
const startedWith = async (file: string, url: string): Promise<string> => {
  const program = new URL(`../workers/token-program${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  const child = spawn(process.execPath, [`--env-file=${file}`, fileURLToPath(program)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...plainEnvironment(), SF_URL: url },
  })
  mind(child)
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => (said += text))
  await once(child, 'close')
  return said.trim()
}
