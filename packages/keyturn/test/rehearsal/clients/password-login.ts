/** A script that logs in with user name and password, and knows no refresh token. */
import { askForToken, limitsOf } from './raw.ts'
import { told } from './job.ts'

const answer = await askForToken({
  grant_type: 'password',
  username: told('SF_USERNAME'),
  password: told('SF_PASSWORD') + told('SF_SECURITY_TOKEN'),
})
for (let n = 0; n < 3; n++) await limitsOf(answer.access_token)
