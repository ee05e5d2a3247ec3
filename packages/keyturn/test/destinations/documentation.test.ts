/** docs/destinations.md: every example is a valid keyturn.yaml, every kind and setting is in it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkConfig } from '../../src/config/check.ts'
import { destinationKinds } from '../../src/destinations/destination-kinds.ts'
import { usualNames } from '../../src/destinations/usual-names.ts'

const text = readFileSync(new URL('../../../../docs/destinations.md', import.meta.url), 'utf8')

test('every example is a valid keyturn.yaml', () => {
  const examples = [...text.matchAll(/```yaml\n(version: 1\n[^`]*)```/g)].map(([, example = '']) => example)
  assert(examples.length >= destinationKinds.length - 2)
  const shown = examples.flatMap((example) => {
    const { config, problems } = checkConfig(example)
    assert.deepEqual(problems, [], example)
    return Object.values(config?.destinations ?? {}).map(({ kind }) => kind)
  })
  for (const { kind } of destinationKinds)
    assert(
      shown.some((each) => each === kind),
      `no example of ${kind}`,
    )
})

test('every kind has its row, and every usual name is told', () => {
  for (const { kind } of destinationKinds) assert.match(text, new RegExp(`^\\| \`${kind}\``, 'm'))
  for (const [name] of Object.values(usualNames)) assert(text.includes(`\`${name}\``), name)
})
