/** The view of machines as sentences, tables and ways off. */
import { counted, shownMoment } from '../audit/shown-text.ts'
import type { Listing } from './listing.ts'
import type { Machine, MachinesView, MachineUse } from './machines-view.ts'

const addressesOf = ({ addresses, moreAddresses }: MachineUse): string =>
  `${addresses.join(' ')}${moreAddresses > 0 ? ` and ${moreAddresses} more` : ''}`

const programOf = ({ application, client }: MachineUse): string =>
  [application, client].filter((text) => text !== null && text !== '' && text !== 'N/A').join(', ')

const sharedText = ({ shared }: Machine): string => (shared === null ? 'unknown' : shared.join('; '))

export const machinesListing = (view: MachinesView): Listing => {
  const { totals, machines, org, takenAt, days } = view
  const leaving = machines.filter(({ leaves }) => leaves)
  return {
    title: `Machines in ${org.name}`,
    about: `${org.id}, ${org.sandbox ? 'sandbox' : 'production'}; read ${shownMoment(takenAt)}; logins of ${days === null ? 'unknown' : days} days`,
    sentences: [
      `${counted(totals.machines, 'user that programs log in as', 'users that programs log in as')}: ${totals.leaving} by ways that Salesforce switches off (${totals.soap} SOAP login(), ${totals.passwordFlow} OAuth username-password), ${totals.shared} shared, ${totals.withoutLogins} without a login in that time.`,
    ],
    tables: [
      {
        title: 'How programs log in, what ends first',
        columns: [
          { title: 'USERNAME' },
          { title: 'WAY' },
          { title: 'ENDS' },
          { title: 'PROGRAM' },
          { title: 'LOGINS', right: true },
          { title: 'FAILED', right: true, spared: 3 },
          { title: 'LAST', spared: 2 },
          { title: 'FROM', spared: 4 },
          { title: 'SHARED', spared: 1 },
          { title: 'NATURE', spared: 5 },
        ],
        rows: machines.flatMap((machine) => {
          const { username, nature, uses } = machine
          const rest = [sharedText(machine), nature.is]
          if (uses.length === 0) return [[username, 'none seen', '', '', '0', '0', '', '', ...rest]]
          return uses.map((use) => [
            username,
            use.way,
            use.ends ?? '',
            programOf(use),
            String(use.worked),
            String(use.failed),
            shownMoment(use.last),
            addressesOf(use),
            ...rest,
          ])
        }),
      },
    ],
    steps: leaving.flatMap((machine) =>
      machine.waysOff.map(({ way, when, commands, guide }) => ({
        title: `${machine.username}: ${way.replaceAll('-', ' ')}`,
        lines: [when, `Guide: ${guide}`],
        commands,
      })),
    ),
    blind: view.blind,
  }
}
