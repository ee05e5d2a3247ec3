/** SecurityHealthCheck (Tooling): the score, computed when somebody looks; its row is virtual, as are those of the risks. */
import { recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const securityHealthCheck = setupObject({
  name: 'SecurityHealthCheck',
  label: 'Security Health Check',
  labelPlural: 'Security Health Check',
  keyPrefix: null,
  storage: 'virtual',
  api: 'tooling',
  visibleTo: ['ViewSetup', 'ViewHealthCheck'],
  fields: [
    recordId(),
    text('DurableId', 'Durable ID', 255),
    text('CustomBaselineId', 'Custom Baseline ID', 18),
    text('Score', 'Score', 255),
  ],
})
