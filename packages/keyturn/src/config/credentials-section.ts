/** `credentials:` in keyturn.yaml: what is rotated, each by a name of your choice. */
import * as z from 'zod'
import { credentialEntry } from '../rotation/rotators/settings.ts'

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'must be a name of letters, digits, dots and dashes')

export const credentialsSection = z.record(name, credentialEntry)
