import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cascade, defaultPolicy, type ItemRef, ScoringCycle, scoreColumns } from '../../src/scoring/index.ts'
import { keyResult, objective } from './inputs.ts'

const padded = (index: number): string => String(index).padStart(4, '0')

/** Key results below objectives below objectives, in mixed id order: a node's parents come from the nodes after it. */
const graphs = fc
  .array(
    fc.record({
      isObjective: fc.boolean(),
      value: fc.option(fc.integer({ min: -20, max: 120 })),
      parents: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
      weight: fc.constantFrom(0, 0.3, 1, 1, 7),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      ids: fc.shuffledSubarray(
        rows.map((_, index) => index),
        { minLength: rows.length },
      ),
    }),
  )

test('columns and cascade agree to the bit', () => {
  fc.assert(
    fc.property(graphs, fc.constantFrom('zero', 'exclude'), ({ rows, ids }, missing) => {
      const links = rows.flatMap((row, at) =>
        row.parents.flatMap((up) =>
          rows[at + up]?.isObjective === true ? [{ at, up: at + up, weight: row.weight }] : [],
        ),
      )
      const policy = { ...defaultPolicy, missing }
      const items = (up: number): ItemRef[] =>
        links
          .filter((link) => link.up === up)
          .map(({ at, weight }) => ({
            type: rows[at]!.isObjective ? 'objective' : 'key_result',
            id: padded(ids[at]!),
            weight,
            state: 'active',
          }))
      const known = new Map()
      const given = rows.map((row, at) => ({ row, at, id: padded(ids[at]!) }))
      const scores = cascade(
        {
          keyResults: given
            .filter(({ row }) => !row.isObjective)
            .map(({ row, id }) => {
              const readings = row.value === null ? [] : [{ day: '2026-01-05', value: row.value, zone: null }]
              return keyResult({ id, baseline: 0, target: 90, readings, policy })
            }),
          objectives: given
            .filter(({ row }) => row.isObjective)
            .map(({ at, id }) => objective({ id, items: items(at), policy })),
          initiatives: [],
          known,
        },
        '2026-01-06',
      )
      const column = (number: (row: (typeof rows)[number]) => number) => {
        const numbers = new Float64Array(rows.length)
        rows.forEach((row, at) => (numbers[ids[at]!] = number(row)))
        return numbers
      }
      const found = scoreColumns({
        isObjective: Uint8Array.from(column((row) => Number(row.isObjective))),
        baseline: column(() => 0),
        target: column(() => 90),
        value: column((row) => row.value ?? Number.NaN),
        edges: {
          child: Int32Array.from(links, (link) => ids[link.at]!),
          parent: Int32Array.from(links, (link) => ids[link.up]!),
          weight: Float64Array.from(links, (link) => link.weight),
        },
        missing,
      })
      for (const { at, id } of given) {
        const { progress, coverage } = scores.get(id)!
        expect([found.progress[ids[at]!], found.coverage[ids[at]!]]).toEqual([
          progress ?? Number.NaN,
          coverage ?? Number.NaN,
        ])
      }
    }),
    { numRuns: 300 },
  )
})

test('a cycle among columns is refused', () => {
  const numbers = new Float64Array(2)
  expect(() =>
    scoreColumns({
      isObjective: Uint8Array.of(1, 1),
      baseline: numbers,
      target: numbers,
      value: numbers,
      edges: { child: Int32Array.of(0, 1), parent: Int32Array.of(1, 0), weight: Float64Array.of(1, 1) },
      missing: 'zero',
    }),
  ).toThrow(ScoringCycle)
})
