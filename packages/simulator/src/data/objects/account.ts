/** Account, with custom fields of the kinds integrations meet: picklist, multi-select, external id, formula-free percent. */
import {
  addressFields, auditFields, currency, date, deletedFlag, integer, longText, multiPicklist, percent, phone, picklist,
  recordId, reference, text, url,
} from '../field.ts'
import { businessObject } from '../sobject.ts'

export const industries = [
  'Agriculture', 'Banking', 'Biotechnology', 'Construction', 'Education', 'Energy', 'Engineering', 'Finance',
  'Healthcare', 'Insurance', 'Manufacturing', 'Retail', 'Technology', 'Telecommunications', 'Transportation',
]

export const account = businessObject({
  name: 'Account',
  label: 'Account',
  keyPrefix: '001',
  fields: [
    recordId(),
    deletedFlag(),
    text('Name', 'Account Name', 255, { nillable: false, nameField: true }),
    picklist('Type', 'Account Type', [
      'Prospect', 'Customer - Direct', 'Customer - Channel', 'Channel Partner / Reseller', 'Installation Partner',
      'Technology Partner', 'Other',
    ]),
    reference('ParentId', 'Parent Account ID', 'Account', 'Parent', { childRelationshipName: 'ChildAccounts' }),
    ...addressFields('Billing', 'Billing'),
    ...addressFields('Shipping', 'Shipping'),
    phone('Phone', 'Account Phone'),
    phone('Fax', 'Account Fax'),
    text('AccountNumber', 'Account Number', 40),
    url('Website', 'Website'),
    picklist('Industry', 'Industry', industries),
    currency('AnnualRevenue', 'Annual Revenue', { precision: 18, scale: 0 }),
    integer('NumberOfEmployees', 'Employees'),
    longText('Description', 'Account Description', 32000),
    picklist('Rating', 'Account Rating', ['Hot', 'Warm', 'Cold']),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', { nillable: false }),
    ...auditFields(),
    picklist('AccountSource', 'Account Source', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
    picklist('Region__c', 'Region', ['AMER', 'EMEA', 'APAC'], { restrictedPicklist: true }),
    multiPicklist('Products__c', 'Products', ['Core', 'Analytics', 'Support', 'Training']),
    text('ERP_Id__c', 'ERP Id', 30, { externalId: true, unique: true }),
    percent('Margin__c', 'Margin'),
    date('Contract_End__c', 'Contract End'),
  ],
})
