/** The form of `controls:` in keyturn.yaml; which parameters a control has is known where controls are. */
import * as z from 'zod'

const value = z.union([z.string().max(500), z.number(), z.boolean(), z.array(z.string().min(1).max(500)).max(10_000)])

export const ownParametersForm = z.record(
  z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be the id of a control, such as password-length'),
  z.record(z.string().min(1).max(60), value),
)
