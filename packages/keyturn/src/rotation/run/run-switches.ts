/**
 * The org switches a run needs, opened for its duration only. What is opened is written down before it is opened, so
 * that whoever finds the run after a crash closes it; one that was on before is left on.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { orgSwitches, readSwitch, setSwitch, switchNames } from '../../org/switches.ts'
import type { SwitchName } from '../../org/switches.ts'
import type { CredentialDoc, PersonTask, Run } from '../credential.ts'
import type { Work } from './work.ts'

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
    const task = await openOne(work, org, name, doc, save)
    if (task !== null) return task
  }
  return null
}

const openOne = async (
  work: Work,
  org: OrgConnection,
  name: SwitchName,
  doc: () => CredentialDoc,
  save: Save,
): Promise<PersonTask | null> => {
  const { title, clicks } = orgSwitches[name]
  try {
    if ((await readSwitch(org, name)) === true) return null
    const open = doc().run?.switches.some((one) => one.name === name && one.closedAt === null) ?? false
    if (!open) {
      const opened = { name, openedAt: work.clock.wall(), closedAt: null }
      const switches = [...(doc().run?.switches ?? []), opened]
      await save(withSwitches(doc(), switches), { kind: 'org-switch-opened', switch: name })
    }
    work.tell({ is: 'line', text: `switching “${title}” on for this run` })
    await setSwitch(org, name, true)
    return null
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    // Nothing was opened by us, so there is nothing to close.
    await forgetOpening(name, doc, save)
    const asked = `asked-${name}`
    // This user may not even look: a person was asked and said go on, so the step itself will tell.
    if (doc().run?.data[asked] === true) return null
    await save(withData(doc(), { [asked]: true }), { kind: 'org-switch-asked', switch: name })
    return { what: `Switch “${title}” on for this rotation (${error.message})`, clicks, asks: [] }
  }
}

const withData = (doc: CredentialDoc, data: Run['data']): CredentialDoc =>
  doc.run === null ? doc : { ...doc, run: { ...doc.run, data: { ...doc.run.data, ...data } } }

const forgetOpening = async (name: SwitchName, doc: () => CredentialDoc, save: Save): Promise<void> => {
  const switches = doc().run?.switches ?? []
  const left = switches.filter((one) => one.name !== name || one.closedAt !== null)
  if (left.length < switches.length)
    await save(withSwitches(doc(), left), { kind: 'org-switch-not-opened', switch: name })
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
    await switchOff(org, known)
    const at = work.clock.wall()
    const closed =
      doc().run?.switches.map((one) => (one.name === name && one.closedAt === null ? { ...one, closedAt: at } : one)) ??
      []
    await save(withSwitches(doc(), closed), { kind: 'org-switch-closed', switch: name })
    work.tell({ is: 'line', text: `“${orgSwitches[known].title}” is off again` })
  }
}

const switchOff = async (org: OrgConnection, name: SwitchName): Promise<void> => {
  try {
    if ((await readSwitch(org, name)) !== false) await setSwitch(org, name, false)
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    const { title, clicks } = orgSwitches[name]
    const fix = `${clicks[0] ?? 'Setup'}: switch “${title}” off, then resume.`
    throw new KeyturnError('ORG_REFUSED', error.message, { fix })
  }
}

/**
 * Whether the step was refused because a switch it needs went off meanwhile: another run of the same org ended, or an
 * administrator tidied up. Where a person was asked to switch it on, the person is asked no second time.
 */
export const wentOff = async (work: Work, names: readonly SwitchName[], { run }: CredentialDoc): Promise<boolean> => {
  const grant = work.rotator.orgOf(work.settings)
  if (grant === null) return false
  const org = work.ports.org(grant)
  for (const name of names) {
    if (run?.data[`asked-${name}`] === true) continue
    const on = await readSwitch(org, name).catch(() => null)
    if (on === false) return true
  }
  return false
}
