/** A few realistic business records, owned by one user; the same every time. */
import type { SimOrg } from '../route.ts'
import { insertRow } from './rows.ts'

const day = 24 * 60 * 60 * 1000

const accounts = [
  {
    Name: 'Edge Communications',
    Industry: 'Technology',
    Type: 'Customer - Direct',
    AnnualRevenue: 139_000_000,
    NumberOfEmployees: 1000,
    Rating: 'Hot',
    BillingCity: 'Austin',
    BillingState: 'TX',
    BillingCountry: 'USA',
    Region__c: 'AMER',
    Products__c: 'Core;Analytics',
    ERP_Id__c: 'ERP-0001',
    Margin__c: 12.5,
  },
  {
    Name: 'Burlington Textiles',
    Industry: 'Manufacturing',
    Type: 'Customer - Direct',
    AnnualRevenue: 350_000_000,
    NumberOfEmployees: 9000,
    Rating: 'Warm',
    BillingCity: 'Burlington',
    BillingState: 'NC',
    BillingCountry: 'USA',
    Region__c: 'AMER',
    Products__c: 'Core',
    ERP_Id__c: 'ERP-0002',
    Margin__c: 8,
  },
  {
    Name: 'Pyramid Construction',
    Industry: 'Construction',
    Type: 'Customer - Channel',
    AnnualRevenue: 950_000_000,
    NumberOfEmployees: 2680,
    BillingCity: 'Paris',
    BillingCountry: 'France',
    Region__c: 'EMEA',
    Products__c: 'Support',
    ERP_Id__c: 'ERP-0003',
  },
  {
    Name: 'Grand Hotels & Resorts',
    Industry: 'Retail',
    Type: 'Customer - Direct',
    AnnualRevenue: 500_000_000,
    NumberOfEmployees: 5600,
    Rating: 'Warm',
    BillingCity: 'Chicago',
    BillingState: 'IL',
    BillingCountry: 'USA',
    Region__c: 'AMER',
    Products__c: 'Core;Support;Training',
    ERP_Id__c: 'ERP-0004',
    Margin__c: 15,
  },
  {
    Name: 'United Oil & Gas',
    Industry: 'Energy',
    Type: 'Customer - Direct',
    AnnualRevenue: 5_600_000_000,
    NumberOfEmployees: 145_000,
    Rating: 'Hot',
    BillingCity: 'Singapore',
    BillingCountry: 'Singapore',
    Region__c: 'APAC',
    Products__c: 'Analytics;Support',
    ERP_Id__c: 'ERP-0005',
    Margin__c: 21.75,
  },
  {
    Name: 'Müller Logistik',
    Industry: 'Transportation',
    Type: 'Prospect',
    NumberOfEmployees: 320,
    Rating: 'Cold',
    BillingCity: 'München',
    BillingCountry: 'Germany',
    Region__c: 'EMEA',
    ERP_Id__c: 'ERP-0006',
  },
  {
    Name: 'Dickenson plc',
    Type: 'Customer - Channel',
    AnnualRevenue: 50_000_000,
    NumberOfEmployees: 120,
    BillingCity: 'Lawrence',
    BillingState: 'KS',
    BillingCountry: 'USA',
  },
  { Name: 'sForce', Website: 'https://www.example.com' },
]

const contacts = [
  {
    at: 0,
    FirstName: 'Rose',
    LastName: 'Gonzalez',
    Title: 'SVP, Procurement',
    Email: 'rose@edge.example',
    Birthdate: '1971-04-02',
    VIP__c: true,
    ERP_Id__c: 'C-1',
  },
  {
    at: 0,
    FirstName: 'Sean',
    LastName: 'Forbes',
    Title: 'CFO',
    Email: 'sean@edge.example',
    LeadSource: 'Web',
    ERP_Id__c: 'C-2',
  },
  {
    at: 1,
    FirstName: 'Jack',
    LastName: 'Rogers',
    Title: 'VP, Facilities',
    Email: 'jack@burlington.example',
    LeadSource: 'Web',
  },
  { at: 2, FirstName: 'Pat', LastName: 'Stumuller', Title: 'SVP, Administration', Email: 'pat@pyramid.example' },
  { at: 4, FirstName: 'Avi', LastName: 'Green', Title: 'CFO', Email: 'avi@uog.example', MobilePhone: '+65 5550 0100' },
  { at: 5, FirstName: 'Änne', LastName: 'Müller', Title: 'Geschäftsführerin', Email: 'aenne@mueller.example' },
  { at: null, LastName: 'Unattached', Email: 'nobody@nowhere.example' },
]

const opportunities = [
  { at: 0, Name: 'Edge Emergency Generator', StageName: 'Closed Won', Amount: 75_000, Probability: 100, closes: -40 },
  { at: 0, Name: 'Edge Installation', StageName: 'Negotiation/Review', Amount: 50_000.5, Probability: 90, closes: 20 },
  {
    at: 3,
    Name: 'Grand Hotels Kitchen Generator',
    StageName: 'Prospecting',
    Amount: 15_000,
    Probability: 10,
    closes: 60,
  },
  {
    at: 4,
    Name: 'United Oil Refinery Generators',
    StageName: 'Proposal/Price Quote',
    Amount: 270_000,
    Probability: 75,
    closes: 0,
  },
  {
    at: 4,
    Name: 'United Oil Standby Generators',
    StageName: 'Closed Lost',
    Amount: 120_000,
    Probability: 0,
    closes: -400,
  },
  { at: 5, Name: 'Müller Pilot', StageName: 'Qualification', closes: 7 },
]

export interface SeededRecords {
  readonly accountIds: readonly string[]
  readonly contactIds: readonly string[]
  readonly opportunityIds: readonly string[]
}

export function seedRecords(org: SimOrg, ownerId: string): SeededRecords {
  org.db.exec('SAVEPOINT seed_records')
  const made = { OwnerId: ownerId, CreatedById: ownerId, LastModifiedById: ownerId }
  const closing = (inDays: number): string => new Date(org.now() + inDays * day).toISOString().slice(0, 10)
  const accountIds = accounts.map((values, index) =>
    insertRow(org, 'Account', { ...values, ...made, CreatedDate: org.now() - (accounts.length - index) * 10 * day }),
  )
  const accountAt = (at: number | null): string | null => (at === null ? null : (accountIds[at] ?? null))
  const contactIds = contacts.map(({ at, ...values }) =>
    insertRow(org, 'Contact', { ...values, ...made, AccountId: accountAt(at) }),
  )
  const opportunityIds = opportunities.map(({ at, closes, ...values }) =>
    insertRow(org, 'Opportunity', { ...values, ...made, AccountId: accountAt(at), CloseDate: closing(closes) }),
  )
  insertRow(org, 'Lead', {
    FirstName: 'Betty',
    LastName: 'Bair',
    Company: 'American Banking Corp.',
    Email: 'betty@abc.example',
    ...made,
  })
  insertRow(org, 'Case', {
    Subject: 'Starting generator after electrical failure',
    Status: 'New',
    Origin: 'Phone',
    AccountId: accountAt(0),
    ContactId: contactIds[0],
    ...made,
  })
  insertRow(org, 'Case', {
    Subject: 'Generator assembly instructions unclear',
    Status: 'Closed',
    Origin: 'Web',
    Priority: 'Low',
    AccountId: accountAt(4),
    ...made,
  })
  insertRow(org, 'Task', {
    Subject: 'Call',
    WhoId: contactIds[0],
    WhatId: accountAt(0),
    ActivityDate: closing(1),
    ...made,
  })
  insertRow(org, 'Task', {
    Subject: 'Send quote',
    WhatId: opportunityIds[1],
    Status: 'Completed',
    ActivityDate: closing(-1),
    ...made,
  })
  insertRow(org, 'Invoice__c', {
    Name: 'INV-1',
    Number__c: '1',
    Account__c: accountAt(0),
    Due__c: closing(30),
    ...made,
  })
  org.db.exec('RELEASE seed_records')
  return { accountIds, contactIds, opportunityIds }
}
