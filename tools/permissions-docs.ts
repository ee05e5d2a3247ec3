/**
 * `node tools/permissions-docs.ts`: writes docs/permissions.md from the shipped permission sets and from what collectors
 * need. A test compares it with what is committed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { allNeeds } from '../packages/keyturn/src/posture/collectors/needs.ts'
import { permissionLabels } from '../packages/keyturn/src/posture/collectors/own-permissions.ts'
import { allControls } from '../packages/keyturn/src/posture/controls/registry.ts'
import { root } from './repository-files.ts'

const folder = join(root, 'deploy', 'permission-sets')

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...titles), row(...titles.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n')

/** Its comment says for whom it is and what it leaves out. */
const permissionSet = (file: string): string => {
  const xml = readFileSync(join(folder, file), 'utf8')
  const about = /<!--([\s\S]*?)-->/.exec(xml)?.[1] ?? ''
  const label = /<label>([^<]*)<\/label>/.exec(xml)?.[1] ?? file
  const names = [...xml.matchAll(/<name>([^<]*)<\/name>/g)].map(([, name]) => `\`${name ?? ''}\``)
  return [
    `### ${label}`,
    about.replaceAll(/\s+/g, ' ').trim(),
    `[${file}](../deploy/permission-sets/${file}): ${names.join(', ')}.`,
  ].join('\n\n')
}

const introduction = `# Permissions

Each of Keyturn’s roles is a grant of its own, signed in as a user of its own with a permission set of its own, so that who
looks can’t change, and who rotates can’t look. The sets below are shipped in \`deploy/permission-sets/\`; tests use those of
auditor, rotators and provisioner for what they are for, against an org that refuses what is not granted.

\`keyturn audit NAME --preflight\` says what the user of a grant will not see. What it can’t see is unknown, and never passes.

\`keyturn fix\`, \`keyturn rtr enable\` and \`keyturn migrate\` change apps, profiles, permission sets and settings of the org:
whoever may do that can give themselves everything, so there is no small permission set for it. Sign in an administrator for
the time of the work (\`keyturn connect\`), and end it afterwards (\`keyturn grants revoke\`). A dry run (\`--dry-run\`) asks the
org by a check-only deployment and takes the same permissions.`

export const permissionsDocument = async (): Promise<{ readonly file: string; readonly text: string }> => {
  const controls = await allControls()
  const file = join(root, 'docs', 'permissions.md')
  const rows = allNeeds.map(({ what, anyOf, of }) => [
    what,
    anyOf.map((name) => permissionLabels[name]).join(', or '),
    of.map((family) => `\`${family}\``).join(', '),
    String(controls.filter(({ families }) => families.some((family) => of.includes(family))).length),
  ])
  const text = [
    '<!-- Made by tools/permissions-docs.ts from deploy/permission-sets and the needs of collectors. -->',
    introduction,
    '## What an audit reads',
    'Without one of the permissions the fact is unknown, and the controls that need it say so, in whole or in part.',
    table(['To see', 'it takes', 'for the facts', 'and so many controls'], rows),
    '## The shipped permission sets',
    ...readdirSync(folder)
      .filter((name) => name.endsWith('.xml'))
      .toSorted()
      .map(permissionSet),
  ].join('\n\n')
  return { file, text: await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }) }
}

if (import.meta.main) {
  const { file, text } = await permissionsDocument()
  writeFileSync(file, text)
}
