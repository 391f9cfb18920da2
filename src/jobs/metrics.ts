import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type Queue = { name: string; readyCount: number; activeCount: number; failedCount: number }

/**
 * Makes the metrics of the jobs; the answer measures one run. Counts of the queue are those of all nodes, up to a minute
 * old; runs and their times are this node's.
 */
export const jobMetrics = (registry: Registry, jobs: readonly string[], queues: () => Promise<Queue[]>) => {
  const registers = [registry]
  const runs = new Counter({
    name: 'job_runs_total',
    help: 'Runs of jobs on this node, by how they ended',
    labelNames: ['job', 'outcome'],
    registers,
  })
  for (const job of jobs) for (const outcome of ['completed', 'failed']) runs.inc({ job, outcome }, 0)
  const duration = new Histogram({
    name: 'job_duration_seconds',
    help: 'Time one run of a job took on this node',
    labelNames: ['job'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800],
    registers,
  })
  new Gauge({
    name: 'job_queue_size',
    help: 'Runs of jobs in the queue of all nodes: waiting, under way, failed for good within a day',
    labelNames: ['job', 'state'],
    registers,
    async collect() {
      // A database that is away must not take the other metrics along.
      for (const { name, readyCount, activeCount, failedCount } of await queues().catch(() => [])) {
        this.set({ job: name, state: 'waiting' }, readyCount)
        this.set({ job: name, state: 'active' }, activeCount)
        this.set({ job: name, state: 'failed' }, failedCount)
      }
    },
  })

  return async (job: string, run: () => Promise<void>): Promise<void> => {
    const end = duration.startTimer({ job })
    try {
      await run()
      runs.inc({ job, outcome: 'completed' })
    } catch (error) {
      runs.inc({ job, outcome: 'failed' })
      throw error
    } finally {
      end()
    }
  }
}
