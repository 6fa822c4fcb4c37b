/** Whether this machine knows a time zone; asked when a scenario is loaded, never while it runs. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
