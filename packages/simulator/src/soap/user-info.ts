/**
 * GetUserInfoResult: what getUserInfo() answers and a LoginResult holds, in the order of the WSDL. The elements are those
 * of the version that is called: a stub made from an older WSDL takes no newer ones.
 */
import type { Org } from '../state/org.ts'
import type { SimUser } from '../state/users.ts'
import { element } from './envelope.ts'

/** The one element that came after version 31, the first that is left. */
const firstWithChatterExternal = 40

/** `secondsValid`: of the session that asks. */
export function userInfo(org: Org, user: SimUser, version: string, secondsValid: number): string {
  const values: Readonly<Record<string, string | number | boolean | null>> = {
    accessibilityMode: false,
    ...(Number(version) >= firstWithChatterExternal && { chatterExternal: false }),
    currencySymbol: '€',
    orgAttachmentFileSizeLimit: 5_242_880,
    orgDefaultCurrencyIsoCode: 'EUR',
    orgDefaultCurrencyLocale: 'de_DE_EURO',
    orgDisallowHtmlAttachments: false,
    orgHasPersonAccounts: false,
    organizationId: org.id,
    organizationMultiCurrency: false,
    organizationName: org.name,
    profileId: user.profileId,
    roleId: null,
    sessionSecondsValid: secondsValid,
    userDefaultCurrencyIsoCode: null,
    userEmail: user.email,
    userFullName: `${user.firstName} ${user.lastName}`.trim(),
    userId: user.id,
    userLanguage: 'en_US',
    userLocale: 'en_US',
    userName: user.username,
    userTimeZone: 'UTC',
    userType: 'Standard',
    userUiSkin: 'Theme3',
  }
  return Object.entries(values)
    .map(([name, value]) => element(name, value))
    .join('')
}
