/** The view of people as sentences and a table. */
import { counted, shownMoment } from '../audit/shown-text.ts'
import type { PeopleView } from './people-view.ts'
import { lighter } from './person.ts'
import type { Person } from './person.ts'
import type { Listing, ListingStep } from './listing.ts'
import type { Step } from './step.ts'

const strengthWords: Readonly<Record<Person['strength'], string>> = {
  none: 'none',
  'temporary-code': 'temporary code only',
  unknown: 'unknown',
  phishable: 'can be phished',
  'phishing-resistant': 'phishing-resistant',
}

const comesWords: Readonly<Record<Person['comes'], string>> = {
  sso: 'single sign-on',
  direct: 'password',
  both: 'password and single sign-on',
  'not-seen': 'not seen',
  unknown: 'unknown',
}

const few = 5
const someNames = (names: readonly string[]): string =>
  names.length > few ? `${names.slice(0, few).join(', ')} and ${names.length - few} more` : names.join(', ')

const stepOf = ({ title, why, users, command, impact, next }: Step): ListingStep => ({
  title: `${title} (${users.length})`,
  lines: [
    why,
    `Whom: ${someNames(users)}`,
    ...(impact === null
      ? []
      : [
          `Would be stopped: ${impact.cutOff}${impact.possible > 0 ? `, and perhaps ${impact.possible} more` : ''}, of whom was seen within ${impact.days === null ? 'an unknown time' : `${impact.days} days`}.${impact.blind.length > 0 ? ` Not seen: ${impact.blind.join('; ')}.` : ''}`,
        ]),
    next,
  ],
  commands: command === null ? [] : [command],
})

const askedWords: Readonly<Record<PeopleView['orgAsks'], string>> = {
  yes: 'The org’s setting asks everybody for a second factor.',
  no: 'The org’s setting does not ask for a second factor.',
  unknown: 'Whether the org’s setting asks for a second factor could not be read.',
}

export const peopleListing = (view: PeopleView): Listing => {
  const { totals, people, org, takenAt, orgAsks } = view
  const { byStrength, powerful } = totals
  const allPowerful = Object.values(powerful).reduce((sum, count) => sum + count, 0)
  return {
    title: `Second factors of people in ${org.name}`,
    about: `${org.id}, ${org.sandbox ? 'sandbox' : 'production'}; read ${shownMoment(takenAt)}`,
    sentences: [
      `${counted(totals.people, 'person', 'people')}: ${byStrength['phishing-resistant']} with a factor that can’t be phished, ${byStrength.phishable} with one that can, ${byStrength.none + byStrength['temporary-code']} without one, ${byStrength.unknown} unknown.`,
      `Of ${counted(allPowerful, 'administrator or privileged person', 'administrators and privileged people')}: ${powerful['phishing-resistant']} with one that can’t be phished, ${powerful.phishable} with one that can, ${powerful.none + powerful['temporary-code']} without one, ${powerful.unknown} unknown.`,
      ...(Object.keys(totals.byMethod).length === 0
        ? []
        : [
            `By method: ${Object.entries(totals.byMethod)
              .map(([method, count]) => `${method} ${count}`)
              .join(', ')}.`,
          ]),
      `${askedWords[orgAsks]} ${totals.bypass} are let past it, ${totals.notAsked} are not asked, ${totals.ssoOnly} come by single sign-on only, where the identity provider asks.`,
    ],
    tables: [
      {
        title: 'People, the most powerful first',
        columns: [
          { title: 'USERNAME' },
          { title: 'RIGHTS' },
          { title: 'SECOND FACTOR' },
          { title: 'METHODS', spared: 2 },
          { title: 'ASKED' },
          { title: 'COMES BY', spared: 1 },
          { title: 'LET PAST' },
          { title: 'LAST LOGIN', spared: 3 },
        ],
        rows: people.map((one) => [
          one.username,
          one.rights,
          `${strengthWords[one.strength]}${one.maybeMachine ? ' (a person?)' : ''}`,
          one.methods === null ? 'unknown' : one.methods.join(' '),
          one.asked,
          comesWords[one.comes],
          one.bypasses === null ? 'unknown' : one.bypasses.map((name) => lighter[name]).join(', '),
          one.lastLogin === null ? '' : shownMoment(one.lastLogin),
        ]),
      },
    ],
    steps: view.steps.map(stepOf),
    blind: view.blind,
  }
}
