/** Salesforce without a library: the token endpoint and one API call. */
import { told } from './job.ts'

interface Answer {
  readonly access_token: string
  readonly refresh_token?: string
}

export const askForToken = async (form: Readonly<Record<string, string>>): Promise<Answer> => {
  const [id, secret] = [told('SF_CLIENT_ID'), told('SF_CLIENT_SECRET')]
  const body = new URLSearchParams({ ...form, client_id: id, client_secret: secret })
  const response = await fetch(told('SF_TOKEN_URL'), { method: 'POST', body })
  if (!response.ok) throw new Error(`The token endpoint answered ${response.status}`)
  return (await response.json()) as Answer
}

export const limitsOf = async (accessToken: string): Promise<void> => {
  const headers = { authorization: `Bearer ${accessToken}` }
  const { ok, status } = await fetch(`${told('SF_INSTANCE_URL')}/services/data/v60.0/limits`, { headers })
  if (!ok) throw new Error(`The API answered ${status}`)
}
