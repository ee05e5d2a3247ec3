/** Contact. */
import {
  addressFields,
  auditFields,
  checkbox,
  date,
  deletedFlag,
  email,
  longText,
  personName,
  phone,
  picklist,
  recordId,
  reference,
  text,
} from '../field.ts'
import { businessObject } from '../sobject.ts'

export const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']

export const contact = businessObject({
  name: 'Contact',
  label: 'Contact',
  keyPrefix: '003',
  fields: [
    recordId(),
    deletedFlag(),
    reference('AccountId', 'Account ID', 'Account', 'Account', {
      childRelationshipName: 'Contacts',
      cascadeDelete: true,
    }),
    ...personName(),
    picklist('Salutation', 'Salutation', ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.']),
    ...addressFields('Mailing', 'Mailing'),
    phone('Phone', 'Business Phone'),
    phone('MobilePhone', 'Mobile Phone'),
    reference('ReportsToId', 'Reports To ID', 'Contact', 'ReportsTo'),
    email('Email', 'Email', { idLookup: true }),
    text('Title', 'Title', 128),
    text('Department', 'Department', 80),
    picklist('LeadSource', 'Lead Source', leadSources),
    date('Birthdate', 'Birthdate'),
    longText('Description', 'Contact Description', 32000),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', { nillable: false }),
    checkbox('HasOptedOutOfEmail', 'Email Opt Out', { permissionable: true }),
    ...auditFields(),
    text('ERP_Id__c', 'ERP Id', 30, { externalId: true, unique: true }),
    checkbox('VIP__c', 'VIP'),
  ],
})
