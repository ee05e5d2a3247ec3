/** `aws:SECRET_ID#key`: name or ARN, and the key of its JSON; without a key the whole text. */
import { Secret } from '@keyturn/tokens'
import { withAws } from './aws-client.ts'
import { isObject } from './json-answer.ts'
import { pickField } from './pick-field.ts'
import { notReady } from './refusals.ts'
import type { Surroundings } from './surroundings.ts'

export const resolveAwsReference = (rest: string, surroundings: Surroundings): Promise<Secret> => {
  const at = rest.indexOf('#')
  const id = at < 0 ? rest : rest.slice(0, at)
  return withAws({}, surroundings, id, async ({ client, sdk }) => {
    const { SecretString: text } = await client.send(new sdk.GetSecretValueCommand({ SecretId: id }))
    if (text === undefined) throw notReady(`${id} holds bytes, no text`)
    if (at < 0) return new Secret(text)
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      parsed = null
    }
    if (!isObject(parsed))
      throw notReady(`${id} is no JSON object`, 'Leave out what stands from # on to get the whole text.')
    return pickField(parsed, rest.slice(at + 1), `aws:${id}`)
  })
}
