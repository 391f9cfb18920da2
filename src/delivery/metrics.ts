import { Gauge, Histogram, type Registry } from 'prom-client'
import type { Ended } from './lease.ts'

/** Makes the metrics of this node's deliveries; the answer takes each try down. */
export const deliveryMetrics = (registry: Registry, inFlight: () => number): ((ended: Ended) => void) => {
  const registers = [registry]
  const duration = new Histogram({
    name: 'webhook_attempt_duration_seconds',
    help: 'Time one try to deliver took, by how it ended',
    labelNames: ['outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers,
  })
  new Gauge({
    name: 'webhook_attempts_in_flight',
    help: 'Tries to deliver under way',
    registers,
    collect() {
      this.set(inFlight())
    },
  })
  return ({ outcome, record }) => {
    if (record) duration.observe({ outcome }, record.durationMs / 1_000)
  }
}
