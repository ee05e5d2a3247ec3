/**
 * `node tools/controls-docs.ts`: writes docs/controls.md from the controls and their profiles. A test compares it with
 * what is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { checklistLines, profileTexts } from '../packages/keyturn/src/posture/audit/profiles.ts'
import type { Control, Parameters } from '../packages/keyturn/src/posture/control.ts'
import { profileNames } from '../packages/keyturn/src/posture/control.ts'
import { allControls } from '../packages/keyturn/src/posture/controls/registry.ts'
import { root } from './repository-files.ts'

type Catalogue = keyof Control['catalogues']

const catalogueNames: Readonly<Record<Catalogue, string>> = {
  sbs: 'Security Benchmark for Salesforce',
  shr: 'Salesforce Help, hardening pages',
  partner2026: 'Salesforce partner OAuth controls 2026',
  healthCheck: 'Salesforce Health Check, standard baseline',
  checklist: 'Security checklist (profile `integration`)',
  tenable: 'Tenable Salesforce best practices',
}

interface Entries {
  readonly ids: readonly string[]
  readonly left: Readonly<Record<string, string>>
}

const entries = (): Readonly<Record<Catalogue, Entries>> =>
  JSON.parse(readFileSync(join(root, 'packages/keyturn/test/posture/catalogue-ids.json'), 'utf8')) as Readonly<
    Record<Catalogue, Entries>
  >

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...titles), row(...titles.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n')

const valueText = (value: Parameters[string]): string => (Array.isArray(value) ? value.join(', ') : String(value))

const parametersText = ({ because, ...values }: Parameters): string => {
  const named = Object.entries(values)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `\`${name}\` ${valueText(value)}`)
    .join('; ')
  return [named, because === undefined ? '' : String(because)].filter((text) => text !== '').join(': ') || 'asked'
}

const section = (control: Control): string => {
  const { id, title, severity, effort, why, remedy, families, settings = [], catalogues, profiles } = control
  const named = Object.entries(catalogues).flatMap(([, ids]) => ids.map((one) => `\`${one}\``))
  const reads = [...families.filter((family) => family !== 'settings'), ...settings]
    .map((one) => `\`${one}\``)
    .join(', ')
  return [
    `### ${id}`,
    `**${title}.** ${why}`,
    `*Put right*: ${remedy}`,
    `Severity ${severity}, effort ${effort}; reads ${reads}${named.length === 0 ? '' : `; ${named.join(', ')}`}.`,
    table(
      ['Profile', 'Asks'],
      profileNames.flatMap((name) => {
        const parameters = profiles[name]
        return parameters === undefined ? [] : [[`\`${name}\``, parametersText(parameters)]]
      }),
    ),
  ].join('\n\n')
}

const coverage = (controls: readonly Control[]): string =>
  Object.entries(entries())
    .map(([name, { ids, left }]) => {
      const catalogue = name as Catalogue
      const covering = (id: string): readonly string[] =>
        controls.filter(({ catalogues }) => (catalogues[catalogue] ?? []).includes(id)).map((control) => control.id)
      const covered = ids.filter((id) => covering(id).length > 0).length
      return [
        `### ${catalogueNames[catalogue]}`,
        `${covered} of ${ids.length} entries are judged.`,
        table(
          ['Entry', 'Judged by, or why not'],
          ids.map((id) => [
            `\`${id}\``,
            covering(id)
              .map((one) => `[${one}](#${one})`)
              .join(', ') || `not judged: ${left[id] ?? ''}`,
          ]),
        ),
      ].join('\n\n')
    })
    .join('\n\n')

const introduction = `# Controls

What \`keyturn audit\` asks of an org. Every control has a verdict: \`pass\`, \`fail\`, \`unknown\` (something it needs could
not be read; never a pass) or \`not-applicable\`. A finding names its subject (\`app:Erp\`, \`eca:Erp\` for an external client
app, \`uninstalled:Erp\`, \`user:ann@example.com\`, \`profile:Sales\`, \`setting:Security.…\`): waivers refer to it.

What is declared and what holds are two things: judged is what holds. A profile of users that sets its own password or
session policy counts, and so does an idle limit that ends tokens whose policy says “until revoked”.

Texts are Keyturn’s own; ids refer to the catalogues they come from. Parameters can be changed for an audit, control by
control; where profiles ask for different values the table says why.`

export const controlsDocument = async (): Promise<{ readonly file: string; readonly text: string }> => {
  const controls = await allControls()
  const file = join(root, 'docs', 'controls.md')
  const text = [
    '<!-- Made by tools/controls-docs.ts. Change the controls, not this file. -->',
    introduction,
    '## Profiles',
    table(
      ['Profile', 'Controls', 'For'],
      profileNames.map((name) => [
        `\`${name}\``,
        String(controls.filter(({ profiles }) => profiles[name] !== undefined).length),
        profileTexts[name],
      ]),
    ),
    '## The nine lines of the security checklist',
    table(
      ['Line', '', 'Judged by'],
      checklistLines.map(({ id, title }) => [
        id,
        title,
        controls
          .filter(({ catalogues }) => catalogues.checklist?.includes(id))
          .map((control) => `[${control.id}](#${control.id})`)
          .join(', '),
      ]),
    ),
    `## The ${controls.length} controls`,
    ...controls.map(section),
    '## Catalogues',
    coverage(controls),
  ].join('\n\n')
  return { file, text: await format(text, { ...(await resolveConfig(file)), filepath: file }) }
}

if (import.meta.main) {
  const { file, text } = await controlsDocument()
  writeFileSync(file, text)
}
