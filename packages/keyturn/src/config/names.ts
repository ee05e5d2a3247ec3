/**
 * Names that lead nowhere: of destinations, mailboxes, credentials, and of the people who are to be told. Looked for in
 * the file as it was written and not in what the schema made of it, so that they are told together with everything else
 * that is wrong.
 */
import { nearest } from '../nearest.ts'
import type { Found } from './found.ts'

type Group = Readonly<Record<string, unknown>>

export const group = (value: unknown): Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Group) : {}

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

const isMail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text)

export const danglingNames = (content: unknown): readonly Found[] => {
  const found: Found[] = []
  const file = group(content)
  const credentials = group(file['credentials'])
  const owners = group(group(file['notify'])['owners'])
  const look = (path: readonly PropertyKey[], names: readonly string[], where: Group, what: string): void => {
    for (const name of names) {
      if (Object.hasOwn(where, name)) continue
      const near = nearest(name, Object.keys(where))
      found.push({ path, message: `names ${name}, which is ${what}${near === null ? '' : `; did you mean ${near}?`}` })
    }
  }
  const owner = (path: readonly PropertyKey[], name: unknown): void => {
    if (typeof name === 'string' && !isMail(name))
      look(path, [name], owners, 'none of notify.owners and no mail address')
  }
  const broker = group(file['broker'])
  for (const [name, org] of Object.entries(group(broker['orgs'])))
    owner(['broker', 'orgs', name, 'owner'], group(org)['owner'])
  owner(['broker', 'reauthorise', 'owner'], group(broker['reauthorise'])['owner'])
  owner(['certificates', 'owner'], group(file['certificates'])['owner'])
  for (const [name, value] of Object.entries(credentials)) {
    const entry = group(value)
    const at = ['credentials', name] as const
    look([...at, 'destinations'], textsIn(entry['destinations']), group(file['destinations']), 'none of destinations')
    if (typeof entry['mailbox'] === 'string')
      look([...at, 'mailbox'], [entry['mailbox']], group(file['mailboxes']), 'none of mailboxes')
    owner([...at, 'owner'], entry['owner'])
    const schedule = group(entry['schedule'])
    owner([...at, 'schedule', 'escalateTo'], schedule['escalateTo'])
    look([...at, 'schedule', 'after'], textsIn(schedule['after']), credentials, 'none of credentials')
  }
  return found
}
