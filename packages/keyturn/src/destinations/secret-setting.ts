/** A setting that names where a secret is. Its value is never in keyturn.yaml. */
import type { Secret } from '@keyturn/tokens'
import * as z from 'zod'
import { anchored, secretForms, secretReference } from '../reference.ts'
import type { DestinationParts } from './destination.ts'

export const secretSetting = z.string().regex(secretReference, `must say where the secret is: ${secretForms}`)

export const resolveSetting = (reference: string, { folder, resolve }: DestinationParts): Promise<Secret> =>
  resolve(anchored(reference, folder))
