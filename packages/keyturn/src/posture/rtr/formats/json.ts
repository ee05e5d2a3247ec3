/** A plan for programs. Who is in the way is said by id: the clients themselves stand in their app once. */
import type { PlannedApp, RtrPlan } from '../plan.ts'

interface PlanJson extends Omit<RtrPlan, 'apps'> {
  readonly apps: readonly (Omit<PlannedApp, 'blockers'> & { readonly blockers: readonly string[] })[]
}

export const planJson = (plan: RtrPlan): PlanJson => ({
  ...plan,
  apps: plan.apps.map((app) => ({ ...app, blockers: app.blockers.map(({ id }) => id) })),
})
