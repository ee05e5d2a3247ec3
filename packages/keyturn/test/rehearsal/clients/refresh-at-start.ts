/**
 * A script as people write them, aware of rotation: it refreshes whenever it starts, and when it has done its work, it
 * stores the new refresh token for the next time.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askForToken, limitsOf } from './raw.ts'
import { told } from './job.ts'

const stored = join(told('REHEARSAL_FOLDER'), 'refresh-token')
const answer = await askForToken({
  grant_type: 'refresh_token',
  refresh_token: existsSync(stored) ? readFileSync(stored, 'utf8') : told('SF_REFRESH_TOKEN'),
})
for (let n = 0; n < 3; n++) await limitsOf(answer.access_token)
writeFileSync(stored, answer.refresh_token ?? '', { mode: 0o600 })
