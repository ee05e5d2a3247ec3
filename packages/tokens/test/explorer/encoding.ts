/**
 * The canonical form of a world: two worlds in which the same things can happen from now on have the same text.
 *
 * Times count relative to now and only as far as a clause can still tell them apart; attempts, access tokens and lives
 * of processes get new names in the order in which they appear; what nobody can ask for any more is left out.
 */
import type { GrantState } from '../../src/protocol/state.ts'
import { familyOf, numberOf, type Answer, type Configuration, type Grant, type World } from './world.ts'

const clamp = (value: number, low: number, high: number): number => (value < low ? low : value > high ? high : value)

export const encode = (world: World, configuration: Configuration): string => {
  const { now } = world
  // Time: nothing asks beyond the drain, a window and the back-offs, all at most two ticks.
  const past = (at: number | null | undefined): string => (at == null ? '-' : String(clamp(at - now, -2, 0)))
  const attempts = new Map<string, number>()
  const attempt = (id: string | null | undefined): string => {
    if (id == null) return '-'
    let name = attempts.get(id)
    if (name === undefined) attempts.set(id, (name = attempts.size))
    return String(name)
  }
  const tokens = new Map<number, number>()
  const token = (at: number): string => {
    if (at <= 0) return String(at)
    const alive = world.living.find((one) => one.at === at)
    if (alive === undefined) return 'x'
    let name = tokens.get(at)
    if (name === undefined) tokens.set(at, (name = tokens.size + 1))
    return `${name}f${alive.family}`
  }
  // A refresh token is named by its age, so that a long life looks like a short one.
  const token0 = (lineage: string | null): string => {
    if (lineage === null) return '~'
    const f = familyOf(lineage)
    return `${f}.${(world.families[f]?.cur ?? 0) - numberOf(lineage)}`
  }
  const answer = (a: Answer | null): string => {
    if (a === null) return '-'
    if (a.kind === 'ok') return `k${token0(a.next)}/${token(a.at)}`
    return a.kind === 'half' ? `h${token(a.at)}` : a.kind.slice(0, 3)
  }
  const alive = (process: string): string => {
    const [proc, life] = process.slice(1).split('.')
    const found = world.processes[Number(proc)]
    return found !== undefined && found.up && String(found.life) === life ? `p${proc}` : `d${found?.host ?? ''}`
  }
  const counted = configuration.views === true || configuration.budget.setBack !== undefined
  const breaks = configuration.api !== undefined || configuration.machine === true
  const askable = new Set<string>()
  for (const e of world.exchanges) askable.add(e.id)
  for (const j of world.journal) askable.add(j.attempt)

  const state = (s: GrantState): string => {
    const { spend, doubt, mint } = s
    let text = `${s.status[0]}${s.status[1]}${token0(s.lineage)}${s.refused ? 'R' : ''}${s.access[0]}${s.ownAccess[0]}${s.source}`
    if (counted) text += `g${s.generation}`
    text += `m${s.mintedAt === now ? 'y' : 'o'}`
    if (breaks) text += `${s.proven ? 'v' : ''}w${past(s.why?.at)}`
    if (breaks || s.breaker.strikes > 0 || s.breaker.retryAt !== null)
      text += `b${clamp(s.breaker.strikes, 0, 2)}${clamp(s.breaker.trips, 0, 2)}${s.breaker.retryAt === null ? '-' : clamp(s.breaker.retryAt - now, 0, 3)}`
    if (spend !== null)
      text += `S${attempt(spend.attempt)}${alive(spend.holder.process)}${clamp(spend.sendBy - now, 0, 3)}${clamp(spend.deadline - now, -1, 3)}${attempt(spend.replayOf)}`
    if (doubt !== null)
      text += `D${attempt(doubt.attempt)}${doubt.holder === null ? '-' : alive(doubt.holder.process)}${doubt.cause === 'restored' ? 'r' : ''}${past(doubt.finishedAt)}${attempt(doubt.behind)}${clamp(doubt.replays, 0, 2)}${clamp(doubt.notBefore - now, 0, 3)}${doubt.awaiting.join()}`
    if (mint !== null) text += `M${attempt(mint.attempt)}${mint.spare}${clamp(mint.deadline - now, 0, 3)}`
    if (s.enrolment !== null) text += `E${attempt(s.enrolment.id)}${clamp(s.enrolment.deadline - now, 0, 3)}`
    for (const name of Object.keys(s.spares)) text += `${name}${s.spares[name]?.[0]}`
    if (s.removedAt !== null) text += 'X'
    return text
  }
  const grant = (g: Grant): string => `${state(g.state)}a${token(g.at)}o${token(g.ownAt)}`
  // Names are given while attempts are written first, so that the order is theirs.
  let text = world.paced ? 'P' : ''
  for (const e of world.exchanges)
    text += `|${attempt(e.id)}r${e.rec}p${e.proc}${token0(e.lineage)}${e.replay ? 'R' : ''}${e.phase}${e.request[0]}${answer(e.answer)},${answer(e.heard)}${e.soft ? 's' : ''}${e.phase === 'sent' ? clamp(e.deadline - now, -1, 2) : ''}${e.phase === 'gone' ? past(e.closedAt) : ''}${e.paced ? 'p' : ''}${e.lost ? 'l' : ''}`
  text += '#'
  for (const j of world.journal)
    text += `|${attempt(j.attempt)}h${j.host}r${j.rec}${token0(j.lineage)}${answer(j.answer)}${j.done ? 'd' : ''}`
  text += '#'
  for (const m of world.mints)
    text += `|${attempt(m.id)}r${m.rec}p${m.proc}${m.spare}${token(m.at)}${m.definite ? 'd' : ''}`
  text += '#'
  for (const g of world.grants) text += `|${grant(g)}`
  text += '#'
  for (const g of world.grants) for (const id of g.state.resolved) if (askable.has(id)) text += `${attempt(id)},`
  text += '#'
  const { person } = world
  text +=
    person.phase === 'idle'
      ? ''
      : `${person.phase}${attempt(person.id)}${person.rec}${person.lineage === '' ? '' : token0(person.lineage)}${token(person.at)}`
  text += '#'
  for (const p of world.processes) {
    text += p.up ? 'u' : 'd'
    for (const want of p.wants)
      text += want === null ? '-' : `${token0(want.lineage)}g${want.generation}${attempt(want.unresolved)}`
  }
  text += '#'
  for (const f of world.families) text += `${f.alive ? 'a' : 'd'}${f.delivered ? '+' : '-'}${f.tainted ? 't' : ''}`
  text += `#${world.working.join()}#`
  if (world.snapshot !== null) {
    for (const g of world.snapshot) text += `|${grant(g)}`
    for (const g of world.snapshot) for (const id of g.state.resolved) if (askable.has(id)) text += `${attempt(id)},`
  }
  text += '#'
  for (const name in world.budget) text += world.budget[name as keyof typeof world.budget]
  text += `#${world.given.join()}#${world.lost.join()}#`
  const { ghost } = world
  const sendable = new Set<string | null>(world.exchanges.map((e) => e.lineage))
  for (const g of world.grants) sendable.add(g.state.lineage)
  for (const g of world.snapshot ?? []) sendable.add(g.state.lineage)
  for (const p of world.processes) for (const want of p.wants) sendable.add(want?.lineage ?? null)
  for (const lineage of ghost.refused) if (sendable.has(lineage)) text += `${token0(lineage)},`
  text += `#${ghost.unknown.join()}`
  for (const at of ghost.doubted) text += `,${clamp(now - at, 0, 3)}`
  if (breaks) text += `#${ghost.burst.join()}`
  if (configuration.budget.setBack !== undefined)
    for (const [rec, tokensOf] of ghost.handedOut.entries()) {
      const { generation } = world.grants[rec]?.state ?? { generation: 0 }
      for (const g in tokensOf) if (Number(g) > generation) text += `#${g}:${token(tokensOf[g] ?? 0)}`
    }
  return text
}

/** 53 bits of the text: the table of seen states holds this instead of the text (hash compaction). */
export const hash = (text: string): number => {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}
