const byId = <Node extends { id: string }>(one: Node, other: Node): number =>
  one.id < other.id ? -1 : one.id > other.id ? 1 : 0

/** In ascending id order, the order in which every sum runs (section 1); the same array when it already is. */
export const inIdOrder = <Node extends { id: string }>(nodes: readonly Node[]): readonly Node[] => {
  for (let index = 1; index < nodes.length; index++) {
    if (nodes[index - 1]!.id > nodes[index]!.id) return nodes.toSorted(byId)
  }
  return nodes
}

/** In ascending day order, those of one day as given; the same array when it already is. */
export const inDayOrder = <Dated extends { day: string }>(readings: readonly Dated[]): readonly Dated[] => {
  for (let index = 1; index < readings.length; index++) {
    if (readings[index - 1]!.day > readings[index]!.day) {
      return readings.toSorted((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0))
    }
  }
  return readings
}

/** Whole numbers in ascending order, in place: by insertion, as few of them come out of order, unless they are many. */
export const ascending = (numbers: number[]): number[] => {
  if (numbers.length > 32) return numbers.sort((one, other) => one - other)
  for (let at = 1; at < numbers.length; at++) {
    const number = numbers[at]!
    let to = at
    for (; to > 0 && numbers[to - 1]! > number; to--) numbers[to] = numbers[to - 1]!
    numbers[to] = number
  }
  return numbers
}
