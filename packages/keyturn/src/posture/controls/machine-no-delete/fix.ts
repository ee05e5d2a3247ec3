import { objectRightsFix } from '../../fix/object-rights-fix.ts'
import { listIn } from '../parameters.ts'

export const fix = objectRightsFix({
  control: 'machine-no-delete',
  elements: ['allowDelete', 'modifyAllRecords'],
  what: 'Delete',
  objects: ({ permissions, objects }, { parameters }) => {
    if (
      permissions.is === 'known' &&
      permissions.value.some((one) => one === 'ModifyAllData' || one === 'BulkApiHardDelete')
    )
      return 'It may delete everything by a permission over all data: replace that by rights on the objects it uses (`keyturn provision integration-user`).'
    if (objects.is === 'unknown') return `What it may delete was not read: ${objects.text}.`
    return objects.value.delete.filter((object) => !listIn(parameters, 'allowed').includes(object))
  },
})
