/**
 * What is wrong with a person's second factor is wrong for certain only where this org asks for it: who comes through the
 * identity provider alone may be asked there, where nobody looks.
 */
import type { Facts } from '../facts.ts'
import { comesBy } from '../login-way.ts'
import { loginsByUser } from './indexes.ts'
import type { Answer } from './looks.ts'
import { unsure, wrong } from './looks.ts'

export const wrongUnlessElsewhere = (
  username: string,
  { logins }: Facts,
  text: string,
  facts: Answer['facts'] = {},
): Answer =>
  logins.is === 'known' && comesBy(loginsByUser(logins.value.uses).get(username) ?? []) === 'sso'
    ? unsure(`${text} It comes through the identity provider, whose second factor is not read here.`, facts)
    : wrong(text, facts)
