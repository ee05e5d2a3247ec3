/**
 * A day of two programs that nobody will change, twice at the same time: against an org with rotation on and SOAP
 * `login()` switched off, and against the same through a broker. What differs is the URL (and the password, which the
 * broker made). Every program has an org of its own, so that each number belongs to one program.
 */
import { randomBytes } from 'node:crypto'
import { callsServed, numbersOf } from '../counts.ts'
import type { Seen } from '../counts.ts'
import { APP, orgOf } from '../org.ts'
import type { Entry } from '../verdict.ts'
import { loadSimulator } from '../../sim/load-simulator.ts'
import type { Simulator } from '../../sim/load-simulator.ts'
import { brokerHome } from './broker.ts'
import { startProgram } from './program.ts'
import type { Program, ProgramName } from './program.ts'

const MINUTE = 60_000
export const SHIFTS = 8
/** Long enough for the org's two hours without a call to end the session. */
const BREAK = 150
/** Three times ten minutes, which make a day of eight shifts and breaks. */
const ROUNDS = 3
const CALLS = 2
/** Both programs are started again before this shift, as at noon every day. */
const RESTART_BEFORE = SHIFTS / 2

export interface LegacyEntry extends Entry {
  /** Sessions that the broker handed out to this program. */
  readonly logins: number
}

interface Course {
  readonly program: ProgramName
  readonly side: 'with' | 'without'
  readonly org: string
}

const kinds = [
  { program: 'soap-program', client: 'jsforce, SOAP login()' },
  { program: 'pinning-program', client: 'jsforce, pinned token' },
] as const

const scenario = { name: 'Legacy programs, a whole day', keepable: true }

const courses: readonly Course[] = kinds.flatMap(({ program }) =>
  (['with', 'without'] as const).map((side) => ({ program, side, org: `${program}-${side}` })),
)

export const legacyDay = async (folder: string): Promise<readonly LegacyEntry[]> => {
  const startSimulator = await loadSimulator()
  const sim = await startSimulator({ seed: 'legacy', orgs: courses.map(({ org }) => ({ name: org })) })
  const home = brokerHome(folder, randomBytes(32))
  const running = new Map<Course, Program>()
  try {
    const prepared = courses.map((course) => ({ course, ready: readyIn(sim, course.org) }))
    const behind = prepared.filter(({ course }) => course.side === 'with')
    await home.addGrants(
      behind.map(({ course: { program }, ready }) => ({
        name: program,
        flow: 'refresh_token',
        loginUrl: ready.instanceUrl,
        ...ready.login,
      })),
    )
    // One after the other, as a person types them.
    const callers: { readonly password?: string }[] = []
    for (const { course, ready } of behind) callers.push(await home.addCaller(callerFor(course.program, ready.login)))
    const broker = await home.serve()
    try {
      const environmentOf = ({ course, ready }: (typeof prepared)[number]): NodeJS.ProcessEnv => {
        const caller = callers[behind.findIndex((other) => other.course === course)]
        const { clientId, clientSecret, refreshToken, username } = ready.login
        return {
          SF_URL: course.side === 'with' ? broker.url : ready.instanceUrl,
          ...(course.program === 'soap-program'
            ? { SF_USERNAME: username, SF_PASSWORD: caller?.password ?? ready.password }
            : { SF_CLIENT_ID: clientId, SF_CLIENT_SECRET: clientSecret, SF_REFRESH_TOKEN: refreshToken }),
        }
      }
      const startAll = async (): Promise<void> => {
        await Promise.all([...running.values()].map((program) => program.stop()))
        for (const one of prepared) running.set(one.course, startProgram(one.course.program, environmentOf(one)))
      }
      const answers = new Map<Course, string[]>(courses.map((course) => [course, []]))
      const work = async (course: Course): Promise<void> => {
        const program = running.get(course)
        for (let n = 0; n < CALLS; n++) answers.get(course)?.push((await program?.call()) ?? 'no program')
      }
      for (let shift = 0; shift < SHIFTS; shift++) {
        if (shift === 0 || shift === RESTART_BEFORE) await startAll()
        sim.clock.advance(BREAK * MINUTE)
        for (let round = 0; round < ROUNDS; round++) {
          sim.clock.advance(10 * MINUTE)
          await Promise.all(courses.map(work))
        }
      }
      const logins = await broker.logins()
      const seen = new Map(courses.map((course) => [`${course.program} ${course.side}`, seenOf(sim, course, answers)]))
      return kinds.flatMap(({ program, client }) => {
        const [through, directly] = [seen.get(`${program} with`), seen.get(`${program} without`)]
        if (through === undefined || directly === undefined) return []
        const own = program === 'soap-program' ? logins.soap : logins.token
        return [{ scenario, client, with: through, without: directly, logins: own }]
      })
    } finally {
      await Promise.all([...running.values()].map((program) => program.stop()))
      await broker.close()
    }
  } finally {
    await sim.close()
  }
}

interface Ready {
  readonly instanceUrl: string
  readonly password: string
  readonly login: {
    readonly username: string
    readonly clientId: string
    readonly clientSecret: string
    readonly refreshToken: string
  }
}

const readyIn = (sim: Simulator, org: string): Ready => {
  sim.control.changeOrg({ org, settings: { soapLogin: false } })
  const user = `integration@${org}.example`
  const { username, instanceUrl, clientId, clientSecret, refreshToken } = sim.control.grant({ org, user, app: APP })
  const known = sim.orgs.find(({ name }) => name === org)?.users.find((one) => one.username === user)
  return {
    instanceUrl,
    password: `${known?.password ?? ''}${known?.securityToken ?? ''}`,
    login: { username, clientId, clientSecret, refreshToken },
  }
}

/**
 * The one keeps its user name. The other keeps everything: its client, and the old refresh token, for the two weeks of a
 * take-over.
 */
const callerFor = (program: ProgramName, { username, clientId, clientSecret, refreshToken }: Ready['login']) => {
  const policy = [program, '--grant', program, '--range', '127.0.0.1', '--expires', '30d']
  if (program === 'soap-program') return { flags: [...policy, '--face', 'soap', '--face', 'proxy', '--user', username] }
  const client = ['--client-id', clientId, '--client-secret-ref', 'env:SF_CLIENT_SECRET']
  return {
    flags: [...policy, ...client, '--take-over-stdin', '--take-over-until', '14d'],
    stdin: refreshToken,
    environment: { SF_CLIENT_SECRET: clientSecret },
  }
}

const seenOf = (sim: Simulator, course: Course, answers: ReadonlyMap<Course, readonly string[]>): Seen => {
  const org = orgOf(sim, course.org)
  const said = answers.get(course) ?? []
  const calls = { asked: said.length, served: callsServed(org.log()) }
  const alive = said.at(-1) === 'ok'
  const complaints = [...new Set(said.filter((text) => text !== 'ok'))]
  const problems = complaints.map((text) => `a program complained: ${text}`)
  const numbers = numbersOf(org, calls, alive)
  if (numbers.exchanges !== SHIFTS) problems.push(`${SHIFTS} ends of a session cost ${numbers.exchanges} exchanges`)
  if (numbers.reuses > 0) problems.push('a spent refresh token was sent again')
  return { ...numbers, told: complaints.map(shortly), problems }
}

/** Salesforce's own word for it, where there is one; else the end of the sentence. */
const shortly = (complaint: string): string =>
  /\b[A-Z]{3,}(?:_[A-Z]+)+\b/.exec(complaint)?.[0] ?? complaint.slice(complaint.lastIndexOf(': ') + 1).trim()
