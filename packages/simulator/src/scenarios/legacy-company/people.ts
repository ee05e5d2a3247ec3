/** Who has a login: people, the accounts they share, and machines that somebody once made administrators. */

type Method = 'BuiltInAuthenticator' | 'SalesforceAuthenticator' | 'SecurityKey' | 'Totp' | 'VerifiedMobileNumber'

export interface Person {
  readonly name: string
  readonly first: string
  readonly last: string
  readonly profile: string
  readonly sets?: readonly string[]
  /** Second factors; machines and the careless have none. */
  readonly methods?: readonly Method[]
  /** Days since the password was changed, since the last login (null: never), and since the account was made. */
  readonly password: number
  readonly login: number | null
  readonly made: number
  readonly state?: 'frozen' | 'inactive'
  readonly machine?: boolean
}

const admin = 'System Administrator'
const sales = 'Sales User (2014 clone)'
const support = 'Support Agent'
const full = 'Integration (full access)'
const mobile: readonly Method[] = ['VerifiedMobileNumber']

const key = (name: string, of: Omit<Person, 'name' | 'first' | 'last'>): Person => {
  const [first = '', last = ''] = name.split('.').map((part) => part.charAt(0).toUpperCase() + part.slice(1))
  return { name, first, last, ...of }
}

export const people: readonly Person[] = [
  key('ada.admin', { profile: admin, methods: ['SecurityKey'], password: 40, login: 0, made: 2900 }),
  key('bruno.berg', {
    profile: admin,
    methods: ['Totp'],
    password: 700,
    login: 1,
    made: 2500,
    sets: ['MFA_For_API_Logins'],
  }),
  key('clara.cole', { profile: admin, methods: mobile, password: 1200, login: 3, made: 2400, sets: ['MFA_Exempt'] }),
  key('dmitri.dean', { profile: admin, password: 2100, login: 410, made: 2600, sets: ['Never_Expires'] }),
  key('erika.earl', { profile: admin, methods: ['Totp'], password: 300, login: 95, made: 2000, state: 'frozen' }),
  key('felix.fox', { profile: admin, methods: ['BuiltInAuthenticator'], password: 60, login: 2, made: 900 }),
  key('gina.gold', { profile: admin, password: 1500, login: 200, made: 1900, state: 'inactive' }),
  key('etl.loader', {
    profile: admin,
    password: 2600,
    login: 0,
    made: 2600,
    machine: true,
    sets: ['Never_Expires', 'SOAP_Login_Allowed'],
  }),
  key('dataloader.nightly', {
    profile: admin,
    password: 1900,
    login: 0,
    made: 1900,
    machine: true,
    sets: ['Never_Expires', 'Any_API_Client'],
  }),
  key('drift.sync', {
    profile: admin,
    password: 800,
    login: 0,
    made: 820,
    machine: true,
    sets: ['Vendor_Package_Access'],
  }),
  key('jenkins.deploy', {
    profile: admin,
    password: 1100,
    login: 1,
    made: 1400,
    machine: true,
    sets: ['Release_Team'],
  }),
  key('erp.sync', { profile: full, password: 1600, login: 0, made: 1600, machine: true }),
  key('marketing.hub', { profile: full, password: 500, login: 0, made: 510, machine: true, sets: ['Any_API_Client'] }),
  key('old.intranet', { profile: full, password: 2800, login: 320, made: 2800, machine: true }),
  key('billing.sync', {
    profile: 'Minimum Access - API Only Integrations',
    password: 30,
    login: 0,
    made: 120,
    machine: true,
    sets: ['Billing_Sync_Integration', 'Billing_Sync_App'],
  }),
  key('reporting.portal', { profile: full, password: 2000, login: 300, made: 2000, machine: true }),
  key('sales.emea', { profile: sales, password: 950, login: 0, made: 1800 }),
  key('front.desk', { profile: support, password: 1300, login: 0, made: 1700 }),
  key('support.shift', { profile: support, password: 1250, login: 0, made: 1500, sets: ['MFA_Exempt'] }),
  key('hanna.hill', { profile: sales, methods: mobile, password: 88, login: 1, made: 700 }),
  key('ivan.ives', { profile: sales, methods: ['SalesforceAuthenticator'], password: 20, login: 0, made: 650 }),
  key('julia.jung', { profile: sales, methods: ['Totp'], password: 120, login: 4, made: 640 }),
  key('karl.king', { profile: sales, password: 400, login: 33, made: 630 }),
  key('lena.lang', { profile: sales, methods: mobile, password: 200, login: 2, made: 600, sets: ['Report_Export'] }),
  key('marco.moss', { profile: sales, password: 600, login: 130, made: 600 }),
  key('nora.nash', { profile: sales, methods: ['SecurityKey'], password: 15, login: 0, made: 580 }),
  key('otto.orr', { profile: sales, password: 900, login: null, made: 910 }),
  key('petra.pohl', { profile: sales, methods: ['Totp'], password: 95, login: 1, made: 500, sets: ['Operations'] }),
  key('quinn.quist', {
    profile: sales,
    methods: mobile,
    password: 70,
    login: 6,
    made: 480,
    sets: ['Temporary_Admin_2024'],
  }),
  key('rosa.reed', { profile: support, methods: ['SalesforceAuthenticator'], password: 45, login: 0, made: 450 }),
  key('sven.sand', { profile: support, password: 310, login: 1, made: 440 }),
  key('tina.thorn', { profile: support, methods: mobile, password: 180, login: 0, made: 430, sets: ['User_Manager'] }),
  key('uwe.ulm', { profile: support, password: 500, login: 60, made: 420, state: 'inactive' }),
  key('vera.vale', {
    profile: support,
    methods: ['Totp'],
    password: 33,
    login: 0,
    made: 400,
    sets: ['Approve_Uninstalled_Apps'],
  }),
  key('will.ward', { profile: support, password: 700, login: 12, made: 390, state: 'frozen' }),
  key('xenia.xu', {
    profile: 'Finance',
    methods: ['BuiltInAuthenticator'],
    password: 25,
    login: 1,
    made: 350,
    sets: ['Data_Admin'],
  }),
  key('yann.york', {
    profile: 'Finance',
    methods: mobile,
    password: 410,
    login: 7,
    made: 340,
    sets: ['Report_Export'],
  }),
  key('zoe.zimmer', { profile: 'Finance', password: 260, login: 2, made: 330 }),
  key('contractor.one', {
    profile: 'Standard User',
    password: 240,
    login: 15,
    made: 250,
    sets: ['Developer_Access', 'Any_API_Client'],
  }),
  key('contractor.two', { profile: 'Standard User', password: 800, login: 240, made: 810, sets: ['Developer_Access'] }),
  key('consultant.old', { profile: admin, password: 1700, login: 640, made: 1800 }),
  key('release.robot', {
    profile: 'Standard User',
    password: 900,
    login: 1,
    made: 950,
    machine: true,
    sets: ['Developer_Access', 'Data_Admin'],
  }),
]

export const domain = 'legacy.example'
