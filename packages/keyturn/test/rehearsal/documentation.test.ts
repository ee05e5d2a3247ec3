/** The how-to names every variable and placeholder that there is, and every behaviour. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { behaviours } from '../../src/rehearsal/behaviours.ts'
import { variables } from '../../src/rehearsal/credentials.ts'

const file = join(import.meta.dirname, '../../../../docs/how-to/rehearse-your-own-client.md')

test('docs/how-to/rehearse-your-own-client.md leaves nothing out', () => {
  const text = readFileSync(file, 'utf8')
  for (const [placeholder, variable] of Object.entries(variables)) {
    assert(text.includes(`{${placeholder}}`), placeholder)
    assert(text.includes(`\`${variable}\``), variable)
  }
  for (const { title } of behaviours) assert(text.includes(title), title)
})
