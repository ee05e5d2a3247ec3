import { objectRightsFix } from '../../fix/object-rights-fix.ts'

export const fix = objectRightsFix({
  control: 'machine-field-access',
  elements: ['viewAllFields', 'viewAllRecords', 'modifyAllRecords'],
  what: 'View All Fields and Records',
  objects: ({ permissions, objects }) => {
    const all = ['ViewAllFieldsGlobal', 'ViewAllData', 'ModifyAllData']
    if (permissions.is === 'known' && permissions.value.some((one) => all.includes(one)))
      return 'It sees everything by a permission over all data: replace that by rights on the objects and fields it uses (`keyturn provision integration-user`).'
    if (objects.is === 'unknown') return `What it sees was not read: ${objects.text}.`
    return [...new Set([...objects.value.allFields, ...objects.value.allRecords])]
  },
})
