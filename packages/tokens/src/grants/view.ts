/** A grant as people and programs are shown it: nothing secret, and what to do next in words. */
import type { GrantView } from '../contract.ts'
import { nextStep } from '../spend/explain.ts'
import type { StoredGrant } from '../store/store.ts'

export const viewOf = (grant: StoredGrant): GrantView => {
  const { settings, state, access } = grant
  const dead = state.status === 'dead' && !Object.values(state.spares).some((spare) => spare !== 'failed')
  return {
    id: grant.id,
    name: grant.name,
    flow: settings.flow,
    loginUrl: settings.loginUrl,
    former: grant.settings.former ?? null,
    clientId: settings.clientId,
    username: settings.username,
    identity: grant.identity,
    status: state.removedAt !== null ? 'removed' : dead ? 'reauthorization-required' : state.status,
    why: state.why === null ? null : { ...state.why, next: nextStep(grant) },
    lineage: state.lineage,
    generation: state.generation,
    access: state.access,
    source: state.source,
    issuedAt: access?.issuedAt ?? null,
    instanceUrl: access?.instanceUrl ?? null,
    exchangedAt: grant.exchangedAt === 0 ? null : grant.exchangedAt,
    fallback: settings.fallback.map((spare) => ({
      ...spare,
      state: state.spares[spare.name] ?? 'untried',
      independent: !state.cascadeSpares.includes(spare.name),
    })),
    state,
  }
}
