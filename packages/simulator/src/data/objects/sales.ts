/** Opportunity and Lead: what sales keeps beside accounts and contacts. */
import {
  addressFields,
  auditFields,
  checkbox,
  currency,
  date,
  deletedFlag,
  email,
  longText,
  percent,
  personName,
  phone,
  picklist,
  recordId,
  reference,
  text,
} from '../field.ts'
import { businessObject } from '../sobject.ts'
import { industries } from './account.ts'
import { leadSources } from './contact.ts'

export const opportunity = businessObject({
  name: 'Opportunity',
  label: 'Opportunity',
  labelPlural: 'Opportunities',
  keyPrefix: '006',
  fields: [
    recordId(),
    deletedFlag(),
    reference('AccountId', 'Account ID', 'Account', 'Account', {
      childRelationshipName: 'Opportunities',
      cascadeDelete: true,
    }),
    text('Name', 'Name', 120, { nillable: false, nameField: true }),
    longText('Description', 'Description', 32000),
    picklist(
      'StageName',
      'Stage',
      [
        'Prospecting',
        'Qualification',
        'Needs Analysis',
        'Proposal/Price Quote',
        'Negotiation/Review',
        'Closed Won',
        'Closed Lost',
      ],
      { nillable: false },
    ),
    currency('Amount', 'Amount'),
    percent('Probability', 'Probability (%)', { precision: 3, scale: 0 }),
    date('CloseDate', 'Close Date', { nillable: false }),
    picklist('Type', 'Opportunity Type', [
      'New Customer',
      'Existing Customer - Upgrade',
      'Existing Customer - Replacement',
    ]),
    text('NextStep', 'Next Step', 255),
    picklist('LeadSource', 'Lead Source', leadSources),
    checkbox('IsClosed', 'Closed', {
      createable: false,
      updateable: false,
      permissionable: false,
      expression: `CASE WHEN "StageName" IN ('Closed Won', 'Closed Lost') THEN 1 ELSE 0 END`,
    }),
    checkbox('IsWon', 'Won', {
      createable: false,
      updateable: false,
      permissionable: false,
      expression: `CASE WHEN "StageName" = 'Closed Won' THEN 1 ELSE 0 END`,
    }),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', { nillable: false }),
    ...auditFields(),
  ],
})

export const lead = businessObject({
  name: 'Lead',
  label: 'Lead',
  keyPrefix: '00Q',
  fields: [
    recordId(),
    deletedFlag(),
    ...personName(),
    text('Title', 'Title', 128),
    text('Company', 'Company', 255, { nillable: false }),
    ...addressFields('', 'Mailing'),
    phone('Phone', 'Phone'),
    email('Email', 'Email', { idLookup: true }),
    longText('Description', 'Description', 32000),
    picklist('LeadSource', 'Lead Source', leadSources),
    picklist(
      'Status',
      'Status',
      ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'],
      {
        nillable: false,
        defaultValue: 'Open - Not Contacted',
      },
    ),
    picklist('Industry', 'Industry', industries),
    picklist('Rating', 'Rating', ['Hot', 'Warm', 'Cold']),
    currency('AnnualRevenue', 'Annual Revenue', { scale: 0 }),
    checkbox('IsConverted', 'Converted', { createable: false, updateable: false, permissionable: false }),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', { nillable: false }),
    ...auditFields(),
  ],
})
