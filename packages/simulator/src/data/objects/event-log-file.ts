/** EventLogFile: which logs there are, if the caller may see any. A day without an event has no file. */
import { auditFields, base64, dateTime, integer, number, picklist, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const eventLogFile = setupObject({
  name: 'EventLogFile',
  label: 'Event Log File',
  keyPrefix: '0AT',
  visibleTo: ['ViewEventLogFiles', 'ViewAllData'],
  fields: [
    recordId(),
    text('EventType', 'Event Type', 40, { nameField: true }),
    dateTime('LogDate', 'Log Date', { groupable: true }),
    picklist('Interval', 'Interval', ['Daily', 'Hourly'], { defaultValue: 'Daily' }),
    integer('Sequence', 'Sequence', { defaultValue: 0 }),
    number('LogFileLength', 'Log File Length', 18, 0),
    text('LogFileContentType', 'Content Type', 120),
    number('ApiVersion', 'API Version', 18, 1),
    text('LogFileFieldNames', 'Log File Field Names', 4000, { filterable: false, groupable: false, sortable: false }),
    text('LogFileFieldTypes', 'Log File Field Types', 4000, { filterable: false, groupable: false, sortable: false }),
    base64('LogFile', 'Log File'),
    ...auditFields(),
  ],
})
