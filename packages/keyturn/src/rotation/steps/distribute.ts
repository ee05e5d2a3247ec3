/**
 * The step every rotator has once its new version is proven: all destinations get it, and each is read back where it can
 * be. Idempotent by the version: a destination that has it says so. Back: all get the old version again; where Keyturn
 * never had that, those that keep former values themselves (Vault, AWS) go back to theirs.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, Secret } from '@keyturn/tokens'
import type { Version } from '../credential.ts'
import type { RotationStep, StepContext, StepOutcome } from '../rotator.ts'

const valueOf = async (
  context: StepContext,
  version: Version,
): Promise<{ fields: Record<string, Secret>; version: string }> => {
  const fields: Record<string, Secret> = {}
  for (const field of version.fields) {
    const secret = await context.secret(version, field)
    if (secret !== null) fields[field] = secret
  }
  return { fields, version: `${context.name}/${version.n}` }
}

/** Writes and reads back; what was found, or null where the destination holds something else. */
const confirm = async (context: StepContext, name: string, version: Version): Promise<string | null> => {
  const value = await valueOf(context, version)
  const destination = context.ports.destination(name)
  const { previous } = await destination.write(value)
  if (previous !== undefined && version === context.to)
    await context.keep({ data: { former: { ...textsIn(context.data['former']), [name]: previous } } })
  const found = await destination.readBack(value)
  if (found === 'different') return null
  return found === 'same' ? 'read back' : 'written, can’t be read back'
}

const textsIn = (value: Json | undefined): Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'))
    : {}

const differs = (name: string): StepOutcome => ({
  is: 'failed',
  problem: {
    code: 'DESTINATION_DIFFERS',
    text: `${name} holds something else than what was just written`,
    next: 'Find out what else writes there, then resume.',
  },
})

const counted = (count: number): string => `${count} ${count === 1 ? 'destination' : 'destinations'}`

/** Destinations that have the new value, and for which nobody has the one from before. */
export const cannotGoBack = ({
  from,
  common,
  data,
}: Pick<StepContext<unknown>, 'from' | 'common' | 'data'>): readonly string[] => {
  if (from !== null && from.fields.length > 0) return []
  const former = textsIn(data['former'])
  return (common.destinations ?? []).filter((name) => former[name] === undefined)
}

export const distribute = <S>(): RotationStep<S> => ({
  name: 'distribute',
  does: 'Writes the new value to every destination and reads it back',
  reaches: 'distributed',
  async run(context) {
    const names = context.common.destinations ?? []
    const facts: Record<string, Json> = {}
    for (const name of names) {
      const found = await confirm(context as StepContext, name, context.to)
      if (found === null) return differs(name)
      facts[name] = found
      await context.keep({ data: { destinations: { ...facts } } })
      context.tell(`${name}: ${found}`)
    }
    const note = names.length === 0 ? 'no destinations to tell' : `${counted(names.length)} confirmed`
    return { is: 'done', note, facts }
  },
  async undo(context) {
    const { from, common, data } = context
    if (from === null || from.fields.length === 0) return takenBack(context as StepContext)
    const confirmed = Object.keys(textsIn(data['destinations']))
    const facts: Record<string, Json> = {}
    for (const name of common.destinations ?? []) {
      // One that never got the new value needs nothing, and may be the very one that can't be reached.
      const has = confirmed.includes(name) ? 'same' : await newIn(context as StepContext, name)
      if (has === 'different') continue
      const found = await confirm(context as StepContext, name, from)
      if (found === null) return differs(name)
      facts[name] = found
    }
    return { is: 'done', note: `the old value is back in ${counted(Object.keys(facts).length)}`, facts }
  },
})

/** Nobody gave Keyturn the old value. */
const takenBack = async ({ ports, common, data, tell }: StepContext): Promise<StepOutcome> => {
  const former = textsIn(data['former'])
  const facts: Record<string, Json> = {}
  const left: string[] = []
  for (const name of common.destinations ?? []) {
    const handle = former[name]
    try {
      if (handle === undefined) left.push(name)
      else {
        await ports.destination(name).rollBack?.(handle)
        facts[name] = 'its former value'
      }
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'DESTINATION_CHANGED') throw error
      tell(`${name}: ${error.message}`)
      left.push(name)
    }
  }
  const back = Object.keys(facts).length
  if (back === 0) return { is: 'done', note: 'there is no old value to put back' }
  const rest = left.length === 0 ? '' : `; there is none for ${left.join(', ')}`
  return { is: 'done', note: `${counted(back)} went back to the former value${rest}`, facts }
}

const newIn = async (context: StepContext, name: string): Promise<'same' | 'different' | 'not-readable'> =>
  context.ports.destination(name).readBack(await valueOf(context, context.to))
