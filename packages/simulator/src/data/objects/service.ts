/** Case and Task: what service and activities keep; a task points at any of several objects. */
import {
  auditFields,
  checkbox,
  date,
  dateTime,
  deletedFlag,
  longText,
  picklist,
  recordId,
  reference,
  text,
} from '../field.ts'
import { businessObject } from '../sobject.ts'

export const supportCase = businessObject({
  name: 'Case',
  label: 'Case',
  keyPrefix: '500',
  fields: [
    recordId(),
    deletedFlag(),
    text('CaseNumber', 'Case Number', 30, {
      createable: false,
      updateable: false,
      nillable: false,
      nameField: true,
      permissionable: false,
    }),
    reference('ContactId', 'Contact ID', 'Contact', 'Contact', { childRelationshipName: 'Cases' }),
    reference('AccountId', 'Account ID', 'Account', 'Account', { childRelationshipName: 'Cases' }),
    reference('ParentId', 'Parent Case ID', 'Case', 'Parent', { childRelationshipName: 'Cases' }),
    picklist('Type', 'Case Type', ['Mechanical', 'Electrical', 'Electronic', 'Structural', 'Other']),
    picklist('Status', 'Status', ['New', 'Working', 'Escalated', 'Closed'], { defaultValue: 'New' }),
    picklist('Reason', 'Case Reason', ['Installation', 'Equipment Complexity', 'Performance', 'Breakdown', 'Other']),
    picklist('Origin', 'Case Origin', ['Phone', 'Email', 'Web']),
    picklist('Priority', 'Priority', ['High', 'Medium', 'Low'], { defaultValue: 'Medium' }),
    text('Subject', 'Subject', 255),
    longText('Description', 'Description', 32000),
    checkbox('IsClosed', 'Closed', {
      createable: false,
      updateable: false,
      permissionable: false,
      expression: `CASE WHEN "Status" = 'Closed' THEN 1 ELSE 0 END`,
    }),
    dateTime('ClosedDate', 'Closed Date', { createable: false, updateable: false, permissionable: false }),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', { nillable: false }),
    ...auditFields(),
  ],
})

export const task = businessObject({
  name: 'Task',
  label: 'Task',
  keyPrefix: '00T',
  fields: [
    recordId(),
    deletedFlag(),
    reference('WhoId', 'Name ID', ['Contact', 'Lead'], 'Who', { childRelationshipName: 'Tasks' }),
    reference('WhatId', 'Related To ID', ['Account', 'Opportunity', 'Case'], 'What', {
      childRelationshipName: 'Tasks',
    }),
    text('Subject', 'Subject', 255, { nameField: true }),
    date('ActivityDate', 'Due Date Only'),
    picklist('Status', 'Status', ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'], {
      nillable: false,
      defaultValue: 'Not Started',
    }),
    picklist('Priority', 'Priority', ['High', 'Normal', 'Low'], { nillable: false, defaultValue: 'Normal' }),
    checkbox('IsClosed', 'Closed', {
      createable: false,
      updateable: false,
      permissionable: false,
      expression: `CASE WHEN "Status" = 'Completed' THEN 1 ELSE 0 END`,
    }),
    longText('Description', 'Description', 32000),
    reference('OwnerId', 'Assigned To ID', 'User', 'Owner', { nillable: false }),
    ...auditFields(),
  ],
})

/** A custom object, because integrations meet more of those than of standard ones. */
export const invoice = businessObject({
  name: 'Invoice__c',
  label: 'Invoice',
  keyPrefix: 'a00',
  fields: [
    recordId(),
    reference('OwnerId', 'Owner ID', 'User', 'Owner', { nillable: false }),
    deletedFlag(),
    text('Name', 'Invoice Name', 80, { nameField: true, nillable: false }),
    ...auditFields(),
    reference('Account__c', 'Account', 'Account', 'Account__r', { childRelationshipName: 'Invoices__r' }),
    text('Number__c', 'Number', 20, { externalId: true, unique: true }),
    date('Due__c', 'Due'),
    checkbox('Paid__c', 'Paid'),
  ],
})
