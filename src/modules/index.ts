import { eventTypesOf } from '../api/event-types.ts'
import type { Module } from '../api/operation.ts'
import { alertRuleOperations } from './alert-rules/alert-rule.operations.ts'
import { alertRule } from './alert-rules/alert-rule.resource.ts'
import { alertOperations } from './alerts/alert.operations.ts'
import { alert } from './alerts/alert.resource.ts'
import { alignmentOperations } from './alignments/alignment.operations.ts'
import { alignment } from './alignments/alignment.resource.ts'
import { apiKeyOperations } from './api-keys/api-key.operations.ts'
import { apiKey } from './api-keys/api-key.resource.ts'
import { auditLogOperation } from './audit-log/audit-log.operations.ts'
import { blockerOperations } from './blockers/blocker.operations.ts'
import { blocker } from './blockers/blocker.resource.ts'
import { graduateKeyResult } from './bridge/bridge.graduate.ts'
import { promoteKpi } from './bridge/bridge.promote.ts'
import { kpiChartOperation, scorecardChartOperation, treeChartOperation } from './charts/chart.operations.ts'
import { checkInOperations } from './check-ins/check-in.operations.ts'
import { checkIn } from './check-ins/check-in.resource.ts'
import { carryOverCycleOperation, carryOverObjectiveOperation } from './closing/carry-over.operations.ts'
import { cycleClosingOperations, objectiveClosingOperations } from './closing/closing.operations.ts'
import { commentOperations } from './comments/comment.operations.ts'
import { comment } from './comments/comment.resource.ts'
import { cycleOperations } from './cycles/cycle.operations.ts'
import { cycle } from './cycles/cycle.resource.ts'
import { departmentOperations } from './departments/department.operations.ts'
import { department } from './departments/department.resource.ts'
import { feedOperation } from './events/event.operations.ts'
import { explainKeyResultOperation, explainObjectiveOperation } from './explanation/explanation.operations.ts'
import { exportFile, exportTable } from './export-jobs/export-job.downloads.ts'
import { exportJobOperations } from './export-jobs/export-job.operations.ts'
import { exportJob } from './export-jobs/export-job.resource.ts'
import { feedbackOperations } from './feedback/feedback.operations.ts'
import { feedback } from './feedback/feedback.resource.ts'
import { keyResultHistoryOperation, objectiveHistoryOperation } from './history/history.operations.ts'
import { hrisOperations } from './hris/hris.operations.ts'
import { initiativeOperations } from './initiatives/initiative.operations.ts'
import { initiative } from './initiatives/initiative.resource.ts'
import { insightOperations } from './insights/insight.operations.ts'
import { keyResultLinkOperations } from './key-result-links/key-result-link.operations.ts'
import { keyResultLink } from './key-result-links/key-result-link.resource.ts'
import { keyResultOperations } from './key-results/key-result.operations.ts'
import { keyResult } from './key-results/key-result.resource.ts'
import { kpiOutlookOperations } from './kpi-outlook/kpi-outlook.operations.ts'
import { kpiTargetOperations } from './kpi-targets/kpi-target.operations.ts'
import { kpiTarget } from './kpi-targets/kpi-target.resource.ts'
import { kpiTemplateOperations } from './kpi-templates/kpi-template.operations.ts'
import { kpiTemplate } from './kpi-templates/kpi-template.resource.ts'
import { kpiOperations } from './kpis/kpi.operations.ts'
import { kpi } from './kpis/kpi.resource.ts'
import { kpiTreeOperation } from './kpis/kpi.tree.ts'
import { meOperations } from './me/me.operations.ts'
import { measurementImportOperations } from './measurement-imports/import.operations.ts'
import { measurementHistory } from './measurements/measurement.history.ts'
import { measurementOperations } from './measurements/measurement.operations.ts'
import { measurement } from './measurements/measurement.resource.ts'
import { objectiveUpdateOperations } from './objective-updates/objective-update.operations.ts'
import { objectiveUpdate } from './objective-updates/objective-update.resource.ts'
import { objectiveOperations } from './objectives/objective.operations.ts'
import { objective } from './objectives/objective.resource.ts'
import { okrTemplateOperations } from './okr-templates/okr-template.operations.ts'
import { okrTemplate } from './okr-templates/okr-template.resource.ts'
import { organizationOperations } from './organization/organization.operations.ts'
import { organization } from './organization/organization.resource.ts'
import { pillarOperations } from './pillars/pillar.operations.ts'
import { pillar } from './pillars/pillar.resource.ts'
import { privacyOperations } from './privacy/privacy.operations.ts'
import { retrospectiveOperations } from './retrospectives/retrospective.operations.ts'
import { retrospective } from './retrospectives/retrospective.resource.ts'
import { reviewCycleOperations } from './review-cycles/review-cycle.operations.ts'
import { reviewCycle } from './review-cycles/review-cycle.resource.ts'
import { reviewTemplateOperations } from './review-templates/review-template.operations.ts'
import { reviewTemplate } from './review-templates/review-template.resource.ts'
import { reviewOperations } from './reviews/review.operations.ts'
import { review } from './reviews/review.resource.ts'
import { snapshotOperations } from './reviews/snapshot.operations.ts'
import { revisionOperations } from './revisions/revision.operations.ts'
import { revision } from './revisions/revision.resource.ts'
import { scorecardOperations } from './scorecards/scorecard.operations.ts'
import { scorecard } from './scorecards/scorecard.resource.ts'
import { kpiSeriesOperation } from './series/series.operations.ts'
import { simulationOperations } from './simulations/simulation.operations.ts'
import { summaryOperation } from './summaries/summary.operations.ts'
import { teamMembershipOperations } from './team-memberships/team-membership.operations.ts'
import { teamMembership } from './team-memberships/team-membership.resource.ts'
import { teamOperations } from './teams/team.operations.ts'
import { team } from './teams/team.resource.ts'
import { treeOperation } from './tree/tree.operations.ts'
import { userOperations } from './users/user.operations.ts'
import { user } from './users/user.resource.ts'
import {
  testWebhookEndpointOperation,
  webhookDeliveryOperations,
} from './webhook-deliveries/webhook-delivery.operations.ts'
import { webhookDelivery } from './webhook-deliveries/webhook-delivery.resource.ts'
import { webhookEndpointOperations } from './webhook-endpoints/webhook-endpoint.operations.ts'
import { webhookEndpoint } from './webhook-endpoints/webhook-endpoint.resource.ts'

const nouns: readonly Module[] = [
  { resource: null, operations: meOperations },
  { resource: organization, operations: organizationOperations },
  { resource: user, operations: [...userOperations, ...privacyOperations] },
  { resource: department, operations: departmentOperations },
  { resource: team, operations: teamOperations },
  { resource: teamMembership, operations: teamMembershipOperations },
  { resource: apiKey, operations: apiKeyOperations },
  { resource: pillar, operations: pillarOperations },
  {
    resource: cycle,
    operations: [...cycleOperations, ...cycleClosingOperations, carryOverCycleOperation, summaryOperation],
  },
  {
    resource: objective,
    operations: [
      ...objectiveOperations,
      ...objectiveClosingOperations,
      carryOverObjectiveOperation,
      explainObjectiveOperation,
      treeOperation,
      treeChartOperation,
      objectiveHistoryOperation,
    ],
  },
  { resource: alignment, operations: alignmentOperations },
  {
    resource: keyResult,
    operations: [
      ...keyResultOperations,
      graduateKeyResult,
      ...revisionOperations,
      explainKeyResultOperation,
      keyResultHistoryOperation,
    ],
  },
  { resource: revision, operations: [] },
  { resource: checkIn, operations: checkInOperations },
  { resource: null, operations: simulationOperations },
  { resource: objectiveUpdate, operations: objectiveUpdateOperations },
  { resource: keyResultLink, operations: keyResultLinkOperations },
  { resource: initiative, operations: initiativeOperations },
  { resource: blocker, operations: blockerOperations },
  { resource: comment, operations: commentOperations },
  { resource: okrTemplate, operations: okrTemplateOperations },
  { resource: null, operations: insightOperations },
  { resource: null, operations: measurementImportOperations },
  { resource: retrospective, operations: retrospectiveOperations },
  {
    resource: webhookEndpoint,
    operations: [...webhookEndpointOperations(() => typesOfEvents), testWebhookEndpointOperation],
  },
  { resource: webhookDelivery, operations: webhookDeliveryOperations },
  { resource: reviewTemplate, operations: reviewTemplateOperations },
  { resource: reviewCycle, operations: reviewCycleOperations },
  { resource: review, operations: [...reviewOperations, ...snapshotOperations] },
  { resource: feedback, operations: feedbackOperations },
  { resource: null, operations: hrisOperations },
  {
    resource: kpi,
    operations: [
      ...kpiOperations,
      promoteKpi,
      measurementHistory,
      kpiTreeOperation,
      kpiSeriesOperation,
      ...kpiOutlookOperations,
      kpiChartOperation,
    ],
  },
  { resource: kpiTarget, operations: kpiTargetOperations },
  { resource: measurement, operations: measurementOperations },
  { resource: kpiTemplate, operations: kpiTemplateOperations },
  { resource: scorecard, operations: [...scorecardOperations, scorecardChartOperation] },
  { resource: alertRule, operations: alertRuleOperations },
  { resource: alert, operations: alertOperations },
  { resource: exportJob, operations: exportJobOperations, downloads: [exportTable, exportFile] },
]

/** Known once every noun is: an operation that judges by it asks when it is called. */
const typesOfEvents: ReadonlySet<string> = new Set(eventTypesOf(nouns).map(({ type }) => type))

/** The feed tells of all of them. */
export const feed = feedOperation(
  typesOfEvents,
  nouns.flatMap(({ resource }) => resource ?? []),
)

/** The table of contents: every resource and what can be done with it. */
export const modules: readonly Module[] = [...nouns, { resource: null, operations: [feed, auditLogOperation] }]
