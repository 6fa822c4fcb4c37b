import moment from 'moment-timezone'

/**
 * Time zones from the IANA database that the lock file pins (docs/adr/0010-cron-and-time-zones.md).
 *
 * Not `Intl`: its database is that of the Node build, and two machines may disagree about it.
 */
export interface TimeZone {
  readonly name: string
  /** Spans of one offset, in order; each ends where the next one begins, the last one never. */
  readonly spans: readonly ZoneSpan[]
}

export interface ZoneSpan {
  /** Epoch milliseconds; the first span has begun for ever. */
  readonly until: number
  /** Milliseconds that local time is ahead of UTC. */
  readonly offset: number
}

export const UTC: TimeZone = { name: 'UTC', spans: [{ until: Number.POSITIVE_INFINITY, offset: 0 }] }

const zones = new Map<string, TimeZone | undefined>([
  ['', UTC],
  ['UTC', UTC],
  ['Etc/UTC', UTC],
])

/** The zone of that IANA name, spelled as the database spells it; undefined if there is none. */
export const timeZoneOf = (name: string): TimeZone | undefined => {
  if (zones.has(name)) return zones.get(name)
  const data = moment.tz.zone(name)
  const zone: TimeZone | undefined =
    data === null || data.name !== name
      ? undefined
      : {
          name,
          spans: data.untils.map((until, i) => ({
            until: i === data.untils.length - 1 ? Number.POSITIVE_INFINITY : until,
            offset: -Math.round((data.offsets[i] as number) * 60) * 1_000,
          })),
        }
  zones.set(name, zone)
  return zone
}

/** Which span an instant is in. */
export const spanAt = ({ spans }: TimeZone, epochMillis: number): number => {
  let low = 0
  let high = spans.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (epochMillis < spans[middle]!.until) high = middle
    else low = middle + 1
  }
  return low
}

const two = (n: number): string => `${n}`.padStart(2, '0')

/** RFC 3339 with the zone’s offset, whole seconds; an offset of nothing is `Z`, as Go prints it. */
export const formatInZone = (zone: TimeZone, epochMillis: number): string => {
  const { offset } = zone.spans[spanAt(zone, epochMillis)]!
  const local = new Date(epochMillis + offset).toISOString().slice(0, 19)
  if (offset === 0) return `${local}Z`
  const minutes = Math.floor(Math.abs(offset) / 60_000)
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
