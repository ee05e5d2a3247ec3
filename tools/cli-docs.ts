/**
 * `node tools/cli-docs.ts`: writes docs/cli.md from the command table and docs/errors.md from the error tables. A test
 * compares both with what is committed, so that neither can fall behind.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorTable, exitCodes } from '@keyturn/tokens'
import type { ErrorCode } from '@keyturn/tokens'
import { format, resolveConfig } from 'prettier'
import { inconclusiveExit } from '../packages/keyturn/src/posture/audit/outcome.ts'
import { commandTable } from '../packages/keyturn/src/command-table.ts'
import type { CommandEntry } from '../packages/keyturn/src/command-table.ts'
import { places } from '../packages/keyturn/src/explain/explanation.ts'
import type { Where } from '../packages/keyturn/src/explain/explanation.ts'
import { ownCauses } from '../packages/keyturn/src/explain/own-errors.ts'
import { salesforceErrors } from '../packages/keyturn/src/explain/salesforce-errors.ts'
import { usageOf } from '../packages/keyturn/src/output/usage.ts'
import { root } from './repository-files.ts'

const made = '<!-- Made by tools/cli-docs.ts. Change the commands, not this file. -->\n'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')

const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

const tableOf = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...titles), row(...titles.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n')

interface Flag {
  readonly description?: string
  readonly type: string
  readonly char?: string
  readonly helpValue?: string
  readonly allowNo?: boolean
  readonly hidden?: boolean
  readonly default?: unknown
}

const flagRow = ([name, flag]: readonly [string, Flag]): readonly string[] => {
  const long = `--${flag.allowNo === true ? '[no-]' : ''}${name}`
  const value = flag.type === 'option' ? ` ${flag.helpValue ?? 'VALUE'}` : ''
  const byDefault = ['string', 'number'].includes(typeof flag.default) ? ` (default ${String(flag.default)})` : ''
  return [
    `\`${flag.char === undefined ? '' : `-${flag.char}, `}${long}${value}\``,
    `${flag.description ?? ''}${byDefault}`,
  ]
}

const filled = (template: string, id: string): string =>
  template.replaceAll('<%= config.bin %>', 'keyturn').replaceAll('<%= command.id %>', id)

const commandSection = ({ id, command }: CommandEntry): string => {
  const words = id.replaceAll(':', ' ')
  const args = Object.entries(command.args)
  const flags = Object.entries((command.flags ?? {}) as Readonly<Record<string, Flag>>).filter(
    ([, flag]) => flag.hidden !== true,
  )
  const examples = (command.examples ?? []).map((example) =>
    typeof example === 'string'
      ? filled(example, words)
      : `# ${example.description}\n${filled(example.command, words)}`,
  )
  return [
    `## keyturn ${words}`,
    command.summary ?? '',
    command.description ?? '',
    `\`\`\`\nkeyturn ${filled(usageOf(command), words)}\n\`\`\``,
    ...(args.length === 0
      ? []
      : [
          tableOf(
            ['Argument', ''],
            args.map(([name, { description = '' }]) => [`\`${name.toUpperCase()}\``, description]),
          ),
        ]),
    ...(flags.length === 0 ? [] : [tableOf(['Flag', ''], flags.map(flagRow))]),
    `\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``,
  ].join('\n\n')
}

const introduction = `# The command line

\`keyturn …\` is the bin of the package; inside the Salesforce CLI the same commands are \`sf keyturn …\`
(\`sf plugins install keyturn\`, or \`sf plugins link packages/keyturn\` from a checkout).

Every command takes \`--help\`, and all but \`exec\` take \`--json\`: one JSON value on stdout, with failures as
\`{"error": {"code", "kind", "message", "fix", "retry", "data"}}\`. What a person reads while waiting goes to stderr.

**Settings**: flag before environment before \`keyturn.yaml\` (here or in a folder above) before default;
\`keyturn config show\` says what holds and why.

**Secrets** never go on the command line. They are piped in (\`--…-stdin\`, a hidden prompt on a terminal) or named by
reference: \`env:NAME\`, \`file:PATH\`, \`command:PROGRAM ARGUMENTS\`, \`vault:PATH#FIELD\`,
\`aws:SECRET_ID#KEY\` ([how](destinations.md#references)); the master key also \`keyring:NAME\`.

**Sharing a login with the sf CLI** (\`connect --from-sf ALIAS --shared\`): both keep the refresh token, every exchange
runs under the CLI's own lock and is written back before it is released. One window remains: a process that dies between
Salesforce's answer and that write leaves the CLI with a spent token until Keyturn runs again; and an sf older than
2.151.7 takes no lock at all. Without \`--shared\` the token moves and there is no such window.
`

const globalFlags = (entries: readonly CommandEntry[]): string => {
  const [first] = entries
  return `## Flags of every command\n\n${tableOf(['Flag', ''], Object.entries((first?.command.baseFlags ?? {}) as Readonly<Record<string, Flag>>).map(flagRow))}`
}

/** What each kind of failure means to whoever sees only the code. */
const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  usage: 'wrong words, or a name nobody knows: correct the command',
  config: 'settings, key, store or something else that has to be there is wrong or missing: correct it here',
  denied: 'refused until somebody does something: a new authorisation, a permission, an approval',
  remote: 'Salesforce, or what else was asked, answered and would not: its words are in the message',
  unavailable: 'not now: the same command may work later',
  conflict: 'somebody else was faster: look, then repeat',
  integrity: 'store or ledger were altered or are broken: keep them as evidence',
  defect: 'a defect of Keyturn: please report it',
}

const meaningOf = (kind: string): string =>
  kind in meanings
    ? `${meanings[kind as keyof typeof meanings]} (kind \`${kind}\` of [errors](errors.md))`
    : 'inconclusive: of what was asked something could not be judged (`keyturn audit --fail-on-unknown`)'

const exits = (): string =>
  `## Exit codes\n\n${tableOf(
    ['Code', 'Meaning'],
    [
      ['0', 'done'],
      ['1', 'ran well, and the answer is no (a check failed, something required is missing)'],
      ...Object.entries({ ...exitCodes, inconclusive: inconclusiveExit })
        .toSorted(([, a], [, b]) => a - b)
        .map(([kind, code]) => [String(code), meaningOf(kind)]),
    ],
  )}`

export const cliDocument = async (): Promise<string> => {
  const entries = await commandTable()
  return [made, introduction, globalFlags(entries), exits(), ...entries.map(commandSection)].join('\n\n')
}

export const errorsDocument = (): string =>
  [
    made,
    '# Errors\n\nFirst those of Keyturn, then what Salesforce answers and what it means. `keyturn explain TEXT` finds a row by code, message or a pasted answer.',
    '## Keyturn',
    tableOf(
      ['Code', 'Kind', 'Exit', 'Retry', 'What happened', 'What to do'],
      Object.entries(errorTable).map(([code, { kind, retry, fix }]) => [
        `\`${code}\``,
        kind,
        String(exitCodes[kind]),
        retry,
        ownCauses[code as ErrorCode],
        fix,
      ]),
    ),
    '## Exit codes\n\nThey are those of every command: [the command line](cli.md#exit-codes).',
    '## Salesforce\n\nHow well the wire text is known: `documented` by Salesforce, `observed` in traces of others, `believed` where nobody wrote it down.',
    ...(Object.keys(places) as readonly Where[]).flatMap((where) => [
      `### ${places[where].charAt(0).toUpperCase()}${places[where].slice(1)}`,
      tableOf(
        ['Code', 'Text', 'HTTP', 'Known', 'Cause', 'Look here', 'What to do'],
        salesforceErrors
          .filter((one) => one.where === where)
          .map(({ code, text, status, certainty, cause, evidence, next }) => [
            `\`${code}\``,
            text === null ? '' : `\`${text}\``,
            status === null ? '' : String(status),
            certainty,
            cause,
            evidence,
            next,
          ]),
      ),
    ]),
  ].join('\n\n')

/** As prettier would leave it. */
export const documents = async (): Promise<readonly { readonly file: string; readonly text: string }[]> => {
  const texts = [
    { file: join(root, 'docs', 'cli.md'), text: await cliDocument() },
    { file: join(root, 'docs', 'errors.md'), text: errorsDocument() },
  ]
  return Promise.all(
    texts.map(async ({ file, text }) => ({
      file,
      text: await format(text, { ...(await resolveConfig(file)), filepath: file }),
    })),
  )
}

if (import.meta.main) for (const { file, text } of await documents()) writeFileSync(file, text)
