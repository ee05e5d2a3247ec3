/** `mailboxes:` in keyturn.yaml: where mail with new security tokens arrives, each by a name of your choice. */
import * as z from 'zod'
import { mailboxSettings } from '../mailbox/mailbox-settings.ts'

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'must be a name of letters, digits, dots and dashes')

export const mailboxesSection = z.record(name, mailboxSettings)
