import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'

/** A person of the file: members as the batch takes them, and the line they stand in. */
export type PersonLine = { line: number; item: Record<string, unknown>; managerEmail: string | null }

type Read = (text: string, where: string) => unknown

const text: Read = (cell) => (cell === '' ? null : cell)

const yesOrNo: Read = (cell, where) => {
  if (/^(true|yes|y|1|active)$/i.test(cell)) return true
  if (/^(false|no|n|0|inactive)$/i.test(cell)) return false
  throw new Error(`${where}: "${cell}" is neither yes nor no`)
}

const list: Read = (cell) => cell.split(/[\s,;|]+/).filter(Boolean)

const members: Record<string, Read> = {
  externalId: text,
  userName: text,
  email: text,
  displayName: text,
  title: text,
  employeeNumber: text,
  departmentExternalId: text,
  managerExternalId: text,
  managerEmail: text,
  active: yesOrNo,
  roles: list,
  timeZone: text,
}

/** Members a column may hold. */
export const columnsOf: readonly string[] = Object.keys(members)

/** Whatever the case, spaces and underscores: `Employee_Number` is `employeeNumber`. */
const folded = (name: string): string => name.toLowerCase().replaceAll(/[\s_.-]/g, '')

/** The member of each column. Throws for a header nobody explained: a column forgotten is data lost in silence. */
const membersOf = (headers: readonly string[], map: readonly string[]): (string | null)[] => {
  const given = new Map(
    map.map((pair) => {
      const at = pair.lastIndexOf('=')
      const member = pair.slice(at + 1).trim()
      if (at < 1 || (member !== '' && !(member in members)))
        throw new Error(`--map ${pair}: say header=member, a member being one of ${columnsOf.join(', ')}`)
      return [folded(pair.slice(0, at)), member || null]
    }),
  )
  const found = headers.map((header) => {
    const explained = given.get(folded(header))
    const known = explained ?? columnsOf.find((name) => folded(name) === folded(header))
    if (explained !== null && known === undefined)
      throw new Error(
        `The column "${header}" is not known: explain it by --map "${header}=…", or skip it by --map "${header}="`,
      )
    return explained === null ? null : (known ?? null)
  })
  const twice = found.find((member, at) => member !== null && found.indexOf(member) !== at)
  if (twice) throw new Error(`Two columns are ${twice}`)
  if (!found.includes('externalId')) throw new Error('A column externalId is needed: people are known by it next time')
  return found
}

/** The people of a CSV file. An empty cell is null; a cell of `active` or `roles` that is empty says nothing. */
export const readPeople = async (file: string, map: readonly string[]): Promise<PersonLine[]> => {
  const rows = parse(await readFile(file), {
    bom: true,
    delimiter: [',', ';', '\t'],
    info: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as { record: string[]; info: { lines: number } }[]
  const [header, ...lines] = rows
  if (!header) throw new Error(`${file} is empty`)
  const columns = membersOf(header.record, map)
  return lines.map(({ record, info }) => personOf(columns, record, info.lines))
}

const personOf = (columns: readonly (string | null)[], record: readonly string[], line: number): PersonLine => {
  const read = columns.flatMap((member, at): [string, unknown][] => {
    const cell = record[at] ?? ''
    if (member === null || (cell === '' && members[member] !== text)) return []
    return [[member, members[member]?.(cell, `line ${line}, ${member}`)]]
  })
  const { managerEmail = null, ...item } = Object.fromEntries(read)
  if (item['externalId'] === null) throw new Error(`line ${line}: externalId is empty`)
  if (managerEmail !== null && item['managerExternalId'])
    throw new Error(`line ${line}: give managerExternalId or managerEmail`)
  // A person is known by their address where the file has no user names, and shown by what they are known by.
  item['userName'] ??= item['email']
  item['displayName'] ??= item['userName']
  return { line, item, managerEmail: managerEmail as string | null }
}
