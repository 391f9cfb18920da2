import { afterAll, expect, test, vi } from 'vitest'
import type { Request } from '../../src/api/context.ts'
import type { AnyOperation } from '../../src/api/operation.ts'
import { Problem } from '../../src/api/problem.ts'
import { writeUpload } from '../../src/api/upload.ts'

vi.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number) => Promise.resolve(vi.setSystemTime(Date.now() + milliseconds)),
}))
vi.useFakeTimers({ toFake: ['Date'] })
afterAll(() => vi.useRealTimers())

const dispose = vi.fn(() => Promise.resolve())
const operation = { upload: { receive: () => Promise.resolve({ dispose }) } } as unknown as AnyOperation
const send = (turn: () => Promise<never>) => {
  const house = { turn, closing: new AbortController().signal }
  const request = { house, actor: { tenantId: 't' }, log: { warn: () => {} } } as unknown as Request
  return writeUpload(operation, request, { input: {} as never }, {})
}

test('what was sent is tried to be written for ten minutes, every half a minute in the end', async () => {
  const tried: number[] = []
  const began = Date.now()
  const turn = () => {
    tried.push((Date.now() - began) / 1_000)
    return Promise.reject(new Problem('unavailable'))
  }
  await expect(send(turn)).rejects.toMatchObject({ code: 'unavailable' })
  expect(tried.slice(0, 6)).toEqual([0, 1, 6, 21, 51, 81])
  expect(tried.at(-2)).toBeLessThanOrEqual(600)
  expect(tried.at(-1)).toBe(621)
  expect(dispose).toHaveBeenCalledTimes(1)
})

test('what is refused for good is not tried again', async () => {
  const turn = vi.fn(() => Promise.reject(new Problem('conflict')))
  await expect(send(turn)).rejects.toMatchObject({ code: 'conflict' })
  expect(turn).toHaveBeenCalledTimes(1)
})
