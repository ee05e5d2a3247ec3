/**
 * Which part of a credential goes where: `fields: { PLACE: FIELD }`. `password+securityToken` joins fields, as
 * Salesforce wants it for SOAP `login()` and the password flow.
 */
import { Secret } from '@keyturn/tokens'
import * as z from 'zod'
import { notReady } from '../secret-managers/refusals.ts'
import type { DestinationValue } from './destination.ts'

const expression = z
  .string()
  .regex(/^[A-Za-z]\w*(\+[A-Za-z]\w*)*$/, 'must be a field such as password, or several joined: password+securityToken')

/** A setting `fields` whose places look like `place`. */
export const fieldMap = (place: RegExp, message: string) => z.record(z.string().regex(place, message), expression)

type FieldMap = Readonly<Record<string, string>>

export const joinFields = (value: DestinationValue, joined: string): Secret => {
  const names = joined.split('+')
  const texts = names.map((name) => {
    const found = Object.hasOwn(value.fields, name) ? value.fields[name] : undefined
    if (found !== undefined) return found.reveal()
    throw notReady(
      `This credential has no field ${name}`,
      `Correct \`fields\` of the destination: it has ${Object.keys(value.fields).sort().join(', ')}.`,
    )
  })
  return new Secret(texts.join(''))
}

/** What is to stand at which place; without a map every field under the name that `usual` gives it. */
export const placed = (
  value: DestinationValue,
  map: FieldMap | undefined,
  usual: (field: string) => string,
): ReadonlyMap<string, Secret> =>
  new Map(
    map === undefined
      ? Object.entries(value.fields).map(([field, secret]) => [usual(field), secret])
      : Object.entries(map).map(([place, joined]) => [place, joinFields(value, joined)]),
  )
