import { styleText } from 'node:util'

const width = 30
const everyMilliseconds = 100
const clearLine = '\r\u001b[2K'

/** The text of a bar that is this full, 0..1, and what it says behind. */
const barOf = (share: number, says: string): string => {
  const full = Math.round(Math.min(1, share) * width)
  return `${styleText('green', '━'.repeat(full))}${styleText('dim', '━'.repeat(width - full))} ${says}`
}

/**
 * A bar on stderr, where a person watches; nothing elsewhere. `advance` takes bytes read of `total`; `say` what goes on
 * once they are all read.
 */
export const createProgress = (total: number) => {
  const isSeen = process.stderr.isTTY
  let bytes = 0
  let drawnAt = 0
  const draw = (says: string): void => {
    if (isSeen) process.stderr.write(`${clearLine}${barOf(total === 0 ? 1 : bytes / total, says)}`)
  }
  return {
    advance: (more: number): void => {
      bytes += more
      if (Date.now() - drawnAt < everyMilliseconds && bytes < total) return
      drawnAt = Date.now()
      draw(bytes < total ? `${Math.floor((bytes / total) * 100)} %` : 'writing')
    },
    end: (): void => {
      if (isSeen) process.stderr.write(clearLine)
    },
  }
}
