import {
  defaultPolicy,
  type InitiativeInput,
  type KeyResultInput,
  type NodeScore,
  type ObjectiveInput,
} from '../../src/scoring/index.ts'

/** What the cases leave out: an active, committed, weekly node in the first quarter of 2026. */
export const keyResult = (input: Partial<KeyResultInput> = {}): KeyResultInput => {
  const last = input.readings?.at(-1)?.day ?? null
  return {
    id: 'key-result',
    kind: 'metric',
    source: 'checkins',
    role: 'measure',
    state: 'active',
    commitment: 'committed',
    policy: defaultPolicy,
    cadence: 'week',
    firstDay: '2026-01-01',
    lastDay: '2026-03-31',
    readings: [],
    lastReadingDay: last,
    reported: null,
    confidence: null,
    ...input,
  }
}

export const objective = (input: Partial<ObjectiveInput> = {}): ObjectiveInput => ({
  id: 'objective',
  state: 'active',
  commitment: 'committed',
  policy: defaultPolicy,
  cadence: 'week',
  progressSource: 'both',
  manualProgress: null,
  firstDay: '2026-01-01',
  lastDay: '2026-03-31',
  reported: null,
  items: [],
  ...input,
})

export const initiative = (input: Partial<InitiativeInput> = {}): InitiativeInput => ({
  id: 'initiative',
  state: 'in_progress',
  policy: defaultPolicy,
  progress: null,
  tasks: null,
  firstDay: '2026-01-01',
  lastDay: '2026-03-31',
  ...input,
})

/** A stored score with the given numbers: read, on track, without pace. */
export const score = (numbers: Partial<NodeScore> = {}): NodeScore => ({
  value: null,
  attainment: null,
  progress: null,
  reason: null,
  coverage: 1,
  confidence: null,
  projected: null,
  pace: null,
  timeline: [{ from: null, effective: 'on_track', derived: 'on_track', reported: null, stale: false, reasons: [] }],
  dataState: 'ok',
  read: true,
  inside: null,
  scoredOn: '2026-01-01',
  ...numbers,
})
