/**
 * Three replicas, a crowd of callers, and one fault after the other. Judged by the org's oracle and counters and by what
 * the callers saw, not by the broker's word.
 */
import { verifyStoreLedger } from '../../../../tokens/src/ledger/export.ts'
import { seededRandom } from '../../../../tokens/test/survival/seeded-random.ts'
import { gather } from './crowd.ts'
import { faults, losesAnswer, until } from './faults.ts'
import type { FaultName, Measured } from './faults.ts'
import { setStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { judgeErrors } from './verdict.ts'
import type { Told } from './verdict.ts'

export interface FleetOptions {
  readonly seed: string
  readonly reuse: 'documented' | 'lenient'
  readonly grants: number
  readonly callers: number
  readonly processes: number
  /** In this order; `bare`: it hits a grant without a spare. */
  readonly faults: readonly { readonly name: FaultName; readonly bare?: boolean }[]
}

export interface FaultReport extends Omit<Told, 'problems'> {
  readonly fault: string
  readonly calls: number
  /** The longest call, ms. */
  readonly slowest: number
  readonly measured: Measured
  /** By replica: requests it got, and those that failed there. */
  readonly balanced: readonly string[]
  /** How often a replica said that its store does not answer. */
  readonly outages: readonly string[]
}

export interface FleetReport {
  readonly faults: readonly FaultReport[]
  readonly calls: number
  readonly errors: number
  readonly expiries: number
  readonly exchanges: number
  readonly unknownOutcomes: number
  readonly orderedReplays: number
  readonly reuses: number
  readonly reusesWhileAlive: number
  readonly grantsLost: number
  readonly grantsLostKeepable: number
  readonly lostAnswers: number
  readonly problems: readonly string[]
}

export const runFleet = async (options: FleetOptions): Promise<FleetReport> => {
  const random = seededRandom(options.seed)
  const pick = (n: number): number => Math.floor(random() * n)
  const stage = await setStage({ ...options, pick })
  const crowd = await gather(stage.programs, stage.folder, options.processes)
  const problems: string[] = []
  const reports: FaultReport[] = []
  /** Of every grant alike: all access tokens of the org end at once. */
  let expiries = 0
  /** Grants whose answer was lost for good: the org may count them as lost, nobody could have kept them. */
  const lost = new Set<string>()
  try {
    await crowd.everybodyThrough('at the beginning')
    const opening = judgeErrors(await crowd.collect(), stage.programs, { patient: new Set(), outage: 0 })
    problems.push(...opening.problems, ...Object.keys(opening.errors).map((text) => `before any fault: ${text}`))
    for (const { name, bare = false } of options.faults) {
      const candidates = stage.members.filter(
        (member) => !lost.has(member.name) && (member.spare === 'none') === (bare && !losesAnswer.has(name)),
      )
      const member = candidates[pick(candidates.length)]
      const replica = stage.replicas[pick(stage.replicas.length)]
      if (member === undefined || replica === undefined) throw new Error(`nobody to hit with ${name}`)
      const fault = `${name}, ${member.name} (spare: ${member.spare}), replica ${replica.name}`
      const logged = stage.replicas.map(({ log }) => log.length)
      const expire = (): void => {
        stage.sim.control.expireAccessTokens()
        expiries += 1
      }
      stage.balancer.forgive()
      await until('all replicas take part', async () => stage.balancer.allIn())
      stage.balancer.counted()
      const measured: Measured = await faults[name]({ stage, crowd, member, replica, expire }).catch(
        (error: unknown) => {
          problems.push(`${fault}: ${error instanceof Error ? error.message : String(error)}`)
          return {} satisfies Measured
        },
      )
      if (losesAnswer.has(name)) lost.add(member.name)
      if (problems.length === 0) await crowd.everybodyThrough(`after ${fault}`)
      const seen = await crowd.collect()
      const unserved = (measured.claimed ?? [member.name]).filter((grant) => isBare(stage, grant))
      const excuses = { patient: new Set(unserved), outage: measured.outage ?? 0 }
      const { problems: bad, ...told } = judgeErrors(seen, stage.programs, excuses)
      problems.push(...bad.map((text) => `${fault}: ${text}`))
      const balanced = stage.balancer.counted().map(({ passed, failed }) => `${failed} of ${passed}`)
      const outages = stage.replicas.flatMap(({ name: replica, log }, at) =>
        linesOf(log.slice(logged[at])).flatMap((line) => {
          const time = /"time":(\d+)/.exec(line)?.[1] ?? ''
          return line.includes('the store does not answer') ? [`${replica} ${time}`] : []
        }),
      )
      reports.push({ fault, calls: seen.calls, slowest: seen.slowest, measured, balanced, outages, ...told })
      if (problems.length > 0) break
    }
    await crowd.end()
    return await judgeWorld(stage, { reports, expiries, lost, problems })
  } finally {
    await crowd.end()
    await stage.close()
  }
}

const linesOf = (log: readonly string[]): readonly string[] => log.join('').split('\n')

const isBare = ({ members }: Stage, grant: string): boolean =>
  members.some(({ name, spare }) => name === grant && spare === 'none')

const judgeWorld = async (
  { sim, keyturn, members, replicas }: Stage,
  world: {
    readonly reports: readonly FaultReport[]
    readonly expiries: number
    readonly lost: ReadonlySet<string>
    readonly problems: string[]
  },
): Promise<FleetReport> => {
  const { reports, expiries, lost, problems } = world
  const { total, grants } = sim.control.oracle()
  const say = (wrong: boolean, text: string): void => void (wrong && problems.push(text))
  say(total.reusesWhileAlive > 0, `${total.reusesWhileAlive} reuses while something was alive`)
  say(total.grantsLostKeepable > 0, 'a grant that could be kept was lost')
  say(total.surplusReplays > 0, 'a replay that no unknown outcome allowed')
  say(total.grantsLost > lost.size, `${total.grantsLost} grants were lost, ${lost.size} answers`)
  for (const { name, id } of members) {
    const verdict = grants.find(({ grant }) => grant === id)
    if (lost.has(name)) continue
    say(verdict?.live !== true || !verdict.delivered, `${name} is lost`)
    const exchanges = verdict?.exchanges ?? 0
    const allowed = expiries + (verdict?.orderedReplays ?? 0)
    say(exchanges > allowed, `${name}: ${exchanges} exchanges, ${allowed} expiries and replays`)
    say((verdict?.reuses ?? 0) > 0, `${name}: its rotated-out token was shown again`)
  }
  const ledger = await verifyStoreLedger(keyturn.store)
  if (!ledger.ok) problems.push(`ledger: ${ledger.why}`)
  const defects = replicas.flatMap(({ log }) => linesOf(log).filter((line) => line.includes('defect')))
  problems.push(...defects)
  const { exchanges, unknownOutcomes, orderedReplays, reuses, reusesWhileAlive, grantsLost, grantsLostKeepable } = total
  return {
    faults: reports,
    calls: reports.reduce((sum, { calls }) => sum + calls, 0),
    errors: reports.reduce((sum, { errors }) => sum + Object.values(errors).reduce((all, n) => all + n, 0), 0),
    expiries,
    ...{ exchanges, unknownOutcomes, orderedReplays, reuses, reusesWhileAlive, grantsLost, grantsLostKeepable },
    lostAnswers: lost.size,
    problems,
  }
}
