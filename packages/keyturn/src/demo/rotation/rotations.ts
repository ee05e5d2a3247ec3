/** The rotation part of the demo: four credentials of one keyturn.yaml are turned, one after the other, in a week. */
import { nextDue } from './calendar.ts'
import type { Calendar } from './calendar.ts'
import { takenBack } from './taken-back.ts'
import { tokenByMail } from './token-by-mail.ts'
import type { TokenTurn } from './token-by-mail.ts'
import type { Turn } from './turn.ts'
import { turnedUnderLoad } from './under-load.ts'
import { credentials, grants, openWorld } from './world.ts'

export interface Rotations {
  readonly token: TokenTurn
  readonly underLoad: readonly Turn[]
  readonly takenBack: Turn
  readonly calendar: Calendar
}

export const rotationPart = async (folder: string): Promise<Rotations> => {
  const world = await openWorld(folder)
  try {
    const token = await tokenByMail(world)
    const underLoad: Turn[] = []
    for (const one of ['pair', 'certificate'] as const)
      underLoad.push(await turnedUnderLoad(world, credentials[one], grants[one]))
    return { token, underLoad, takenBack: await takenBack(world), calendar: await nextDue(world) }
  } finally {
    await world.close()
  }
}

export const turnsOf = ({ token, underLoad, takenBack: back }: Rotations): readonly Turn[] => [
  token,
  ...underLoad,
  back,
]

/** Everything that Keyturn did wrong, in sentences; empty: nothing. */
export const rotationFaults = (shown: Rotations): readonly string[] => [
  ...turnsOf(shown).flatMap(({ credential, problems }) => problems.map((text) => `rotation of ${credential}: ${text}`)),
  ...shown.calendar.problems.map((text) => `calendar: ${text}`),
]
