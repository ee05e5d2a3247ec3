/** Machines for which field-level security does not exist. */
import { given, right, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-field-access',
  title: 'Field-level security holds for integrations',
  severity: 'medium',
  why: 'A right to all fields or all records of an object, or of all objects, makes every field that is added tomorrow part of the integration’s leak.',
  remedy:
    'Give read and edit access field by field, as used (`keyturn fields` shows what it really can read and write).',
  effort: 'hours',
  catalogues: { checklist: ['8'] },
  profiles: { integration: {}, baseline: {}, strict: {} },
  who: 'machines',
  wrong: 'rights on fields or records that nobody gave them',
  look: ({ objects, permissions }) =>
    given(permissions, (held) => {
      const all = held.filter((permission) =>
        ['ViewAllFieldsGlobal', 'ViewAllData', 'ModifyAllData'].includes(permission),
      )
      if (all.length > 0) return wrong(`Holds ${all.join(', ')}.`, { permissions: all.join(' ') })
      return given(objects, ({ allFields, allRecords }) => {
        const wide = [...new Set([...allFields, ...allRecords])]
        return wide.length === 0
          ? right
          : wrong(`Has all fields or records of ${wide.join(', ')}.`, { objects: wide.length })
      })
    }),
})
