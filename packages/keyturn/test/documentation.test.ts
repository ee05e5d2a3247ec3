/** What README and docs tell people to type, to write and to follow exists: commands with their flags, settings, links. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { commandTable } from '../src/command-table.ts'
import { checkConfig } from '../src/config/check.ts'

const root = join(import.meta.dirname, '../../..')

const filesBelow = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.includes('node_modules'))
    .map((path) => join(root, folder, path))

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md'].map((name) => join(root, name)),
  ...filesBelow('docs', '.md'),
  ...filesBelow('packages/simulator', 'README.md'),
]

/** Code blocks of a language, without the indentation of the list they stand in. */
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\``, 'gms'))].map(([, indent = '', body = '']) =>
    body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )

const shellLines = (text: string): readonly string[] =>
  blocks(text, 'sh').flatMap((block) => block.replaceAll(/\s*\\\n\s*/g, ' ').split('\n'))

/** `keyturn …` at the start of a line or behind what a shell puts between commands. */
const typed = (line: string): readonly string[] =>
  [...line.replace(/(^|\s)#.*$/, '').matchAll(/(?:^|[|;&(]\s*)(?:npx |sf )?keyturn ([^|;&)]+)/g)].map(
    ([, words = '']) => words,
  )

/** In a sentence: between backticks. */
const said = (text: string): readonly string[] =>
  [...text.matchAll(/\\?`(?:npx |sf )?keyturn ([a-z][^`\\$\n]*)\\?`/g)].map(([, words = '']) => words)

const wrongWith = async (): Promise<(words: string) => string | null> => {
  const commands = new Map((await commandTable()).map(({ id, command }) => [id.replaceAll(':', ' '), command]))
  return (words) => {
    const [before = ''] = words.split(/ -- | …/)
    const [first = '', second = ''] = before.trim().split(/\s+/)
    // What somebody types who comes from the Salesforce CLI.
    if (first === 'keyturn') return null
    if (first.startsWith('-') || first === 'help' || first === 'version') return null
    const command = commands.get(`${first} ${second}`) ?? commands.get(first)
    const topic = [...commands.keys()].some((name) => name.startsWith(`${first} `))
    if (command === undefined) return topic && second === '' ? null : `there is no command ${first}`
    const flags: Readonly<Record<string, object>> = { ...command.baseFlags, ...command.flags, json: {}, help: {} }
    const [unknown] = [...before.replaceAll(/"[^"]*"|'[^']*'/g, '').matchAll(/(?<=^|\s)--(?:no-)?([a-z][a-z-]*)/g)]
      .map(([, flag = '']) => flag)
      .filter(
        (flag) => !Object.keys(flags).some((name) => name === flag || (flag.endsWith('-') && name.startsWith(flag))),
      )
    return unknown === undefined ? null : `${first} ${second} has no flag --${unknown}`
  }
}

test('every command that a page tells people to type exists, with its flags', async () => {
  const wrong = await wrongWith()
  let seen = 0
  for (const page of pages) {
    const text = readFileSync(page, 'utf8')
    // The first words of a file are no command.
    const inText = page.includes(join('docs', 'formats')) ? [] : said(text)
    for (const words of [...shellLines(text).flatMap(typed), ...inText]) {
      seen++
      assert.equal(wrong(words), null, `${relative(root, page)}: keyturn ${words}`)
    }
  }
  assert(seen > 400, String(seen))
})

test('every command that an error, a remedy or a next step names exists, with its flags', async () => {
  const wrong = await wrongWith()
  let seen = 0
  for (const file of filesBelow('packages', '.ts').filter((path) => /\/(?:tokens|keyturn)\/src\//.test(path))) {
    for (const words of said(readFileSync(file, 'utf8'))) {
      seen++
      assert.equal(wrong(words), null, `${relative(root, file)}: keyturn ${words}`)
    }
  }
  assert(seen > 200, String(seen))
})

test('every keyturn.yaml of a page is good', () => {
  let seen = 0
  for (const page of pages) {
    for (const block of blocks(readFileSync(page, 'utf8'), 'yaml')) {
      if (!/^(?:version|store|broker|notify|credentials|destinations|mailboxes|certificates|waivers):/m.test(block))
        continue
      seen++
      const text = /^version:/m.test(block) ? block : `version: 1\n${block}`
      assert.deepEqual(checkConfig(text).problems, [], `${relative(root, page)}:\n${block}`)
    }
  }
  assert(seen > 20, String(seen))
})

const anchorsOf = (file: string): ReadonlySet<string> =>
  new Set(
    [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  )

test('every link of a page leads to a file and a heading that are there', () => {
  for (const page of pages) {
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      assert(existsSync(file), `${relative(root, page)} → ${target}`)
      if (anchor !== undefined && file.endsWith('.md'))
        assert(anchorsOf(file).has(anchor), `${relative(root, page)} → ${target}`)
    }
  }
})
