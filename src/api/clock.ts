/** Where "now" comes from; tests and the demo bring their own. */
export type Clock = () => Date

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The calendar day, YYYY-MM-DD, that `at` falls on in an IANA time zone. */
export const calendarDay = (at: Date, timeZone: string): string => {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    // Swedish writes dates the way ISO 8601 does.
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formatters.set(timeZone, formatter)
  }
  return formatter.format(at)
}
