/**
 * The profiles of an audit: for whom each is, which controls it asks and with which parameters, and the nine lines of
 * the profile `integration`. Where catalogues disagree a control's parameters differ between profiles, with a `because`.
 */
import type { Control, Parameters, ProfileName } from '../control.ts'
import type { Facts, Family } from '../facts.ts'
import type { ChecklistLine } from './checklist.ts'

export const profileTexts: Readonly<Record<ProfileName, string>> = {
  baseline: 'what every org with integrations should keep; nothing in it stops ordinary work',
  strict: 'everything there is, at the values Salesforce’s hardening pages recommend',
  sbs: 'the Security Benchmark for Salesforce, as far as an org shows it',
  'health-check': 'the standard baseline of Salesforce’s own Health Check, value by value, of the org alone',
  'partner-2026': 'the mandatory OAuth controls for partner apps: PKCE, rotation, idle time, address allowlist',
  integration: 'the nine lines of the security checklist for one who runs integrations',
}

export interface Chosen {
  readonly control: Control
  readonly parameters: Parameters
}

/** The controls a profile asks, with its parameters. */
export const chosenControls = (controls: readonly Control[], profile: ProfileName): readonly Chosen[] =>
  controls.flatMap((control) => {
    const parameters = control.profiles[profile]
    return parameters === undefined ? [] : [{ control, parameters }]
  })

/** What must be collected to judge them: the union of what they read, once. */
export const neededFamilies = (chosen: readonly Chosen[]): readonly Family[] => [
  ...new Set<keyof Facts>(chosen.flatMap(({ control }) => control.families)),
]

export const neededSettings = (chosen: readonly Chosen[]): readonly string[] => [
  ...new Set(chosen.flatMap(({ control }) => control.settings ?? [])),
]

/** In order; controls name their line by its id. */
export const checklistLines: readonly ChecklistLine[] = [
  {
    id: '1',
    title: 'Apps are configured safely',
    matters: 'Callbacks, PKCE, secrets, permitted users and IP relaxation decide what a stolen code or token is worth.',
  },
  {
    id: '2',
    title: 'Apps ask for the scopes they need',
    matters: 'A token can do what its scopes and its user allow: the fewer, the less is lost with it.',
  },
  {
    id: '3',
    title: 'Credentials are in no code',
    matters:
      'A credential in a repository is with everybody who ever cloned it; it belongs in a vault, a file, a command or the environment.',
  },
  {
    id: '4',
    title: 'Git ignores the files that hold secrets',
    matters: 'Environment files and private keys lie beside the code, and one hasty commit takes them along.',
  },
  {
    id: '5',
    title: 'Every integration has a user of its own, no administrator',
    matters: 'A shared user can be neither watched nor cut off, and an administrator is the whole org.',
  },
  {
    id: '6',
    title: 'Integration users have the least access',
    matters: 'What the user may not do, a thief of its token may not do.',
  },
  {
    id: '7',
    title: 'Integration users log in from known addresses at known hours',
    matters: 'Ranges and hours of a profile are refused to everybody, whatever credential they hold.',
  },
  {
    id: '8',
    title: 'Field-level security holds for integrations',
    matters: 'An integration should read and write the fields it was made for, today’s and tomorrow’s.',
  },
  {
    id: '9',
    title: 'Credentials are rotated, and changes are watched',
    matters: 'What is never changed is known to many, and what nobody watches is found out by others.',
  },
]
