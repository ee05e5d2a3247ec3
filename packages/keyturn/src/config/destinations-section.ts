/** `destinations:` in keyturn.yaml: where consumers read rotated values, each by a name of your choice. */
import * as z from 'zod'
import { destinationSchemas } from '../destinations/destination-kinds.ts'

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'must be a name of letters, digits, dots and dashes')

const kinds = destinationSchemas.map(({ shape }) => shape.kind.value)

export const destinationsSection = z.record(
  name,
  z.discriminatedUnion('kind', destinationSchemas, { error: `needs a kind: ${kinds.join(', ')}` }),
)
