/**
 * The org switches a run needs, opened for its duration only. What is opened is written down before it is opened, so
 * that whoever finds the run after a crash closes it; one that was on before is left on.
 */
import { KeyturnError } from '@keyturn/tokens'
import { orgSwitches, readSwitch, setSwitch, switchNames } from '../../org/switches.ts'
import type { SwitchName } from '../../org/switches.ts'
import type { CredentialDoc, PersonTask, Run } from '../credential.ts'
import type { Work } from './execute.ts'

export interface SwitchEntry {
  readonly kind: string
  readonly switch: string
}
type Save = (doc: CredentialDoc, entry: SwitchEntry) => Promise<void>

const withSwitches = (doc: CredentialDoc, switches: Run['switches']): CredentialDoc =>
  doc.run === null ? doc : { ...doc, run: { ...doc.run, switches } }

/** Opens them, or says what a person must do where this user may not. */
export const openSwitches = async (
  work: Work,
  names: readonly SwitchName[],
  doc: () => CredentialDoc,
  save: Save,
): Promise<PersonTask | null> => {
  const grant = work.rotator.orgOf(work.settings)
  if (grant === null) return null
  const org = work.ports.org(grant)
  for (const name of names) {
    const open = doc().run?.switches.some((one) => one.name === name && one.closedAt === null) ?? false
    const on = await readSwitch(org, name)
    if (on === true) continue
    if (!open) {
      const opened = { name, openedAt: work.clock.wall(), closedAt: null }
      await save(withSwitches(doc(), [...(doc().run?.switches ?? []), opened]), {
        kind: 'org-switch-opened',
        switch: name,
      })
    }
    work.tell({ is: 'line', text: `switching “${orgSwitches[name].title}” on for this run` })
    try {
      await setSwitch(org, name, true)
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
      const { title, clicks } = orgSwitches[name]
      return { what: `Switch “${title}” on for this rotation: ${error.message}`, clicks, asks: [] }
    }
  }
  return null
}

/** Closes what this run opened. Throws when one can't be closed: a run must not end over an open switch. */
export const closeSwitches = async (work: Work, doc: () => CredentialDoc, save: Save): Promise<void> => {
  const open = doc().run?.switches.filter(({ closedAt }) => closedAt === null) ?? []
  const grant = work.rotator.orgOf(work.settings)
  if (open.length === 0 || grant === null) return
  const org = work.ports.org(grant)
  for (const { name } of open) {
    const known = switchNames.find((one) => one === name)
    if (known === undefined) throw new KeyturnError('DEFECT', `there is no switch ${name}`)
    if ((await readSwitch(org, known)) !== false) await setSwitch(org, known, false)
    const at = work.clock.wall()
    const closed = doc().run?.switches.map((one) => (one.name === name ? { ...one, closedAt: at } : one)) ?? []
    await save(withSwitches(doc(), closed), { kind: 'org-switch-closed', switch: name })
    work.tell({ is: 'line', text: `“${orgSwitches[known].title}” is off again` })
  }
}
