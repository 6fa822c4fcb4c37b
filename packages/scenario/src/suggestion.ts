/** Edits (insert, drop, replace, swap neighbours) that turn one text into the other, case ignored. */
const editDistance = (from: string, to: string): number => {
  const a = from.toLowerCase()
  const b = to.toLowerCase()
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(replaced, rows[i - 1]![j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

/** The known name that was most likely meant, if one is near enough; of equally near ones, the first. */
export const nearest = (written: string, known: readonly string[]): string | undefined => {
  if (written.length > 64) return undefined
  const furthest = written.length <= 3 ? 1 : written.length <= 6 ? 2 : 3
  let best: string | undefined
  let distance = furthest + 1
  for (const name of known) {
    if (Math.abs(name.length - written.length) > furthest) continue
    const edits = editDistance(written, name)
    if (edits < distance) {
      best = name
      distance = edits
    }
  }
  return best
}

/** "did you mean `replicas`?", or the list of what there is when nothing is near and the list is short. */
export const suggestion = (written: string, known: readonly string[]): string | undefined => {
  const near = nearest(written, known)
  if (near !== undefined) return `did you mean \`${near}\`?`
  return known.length > 0 && known.length <= 24 ? `known: ${known.join(', ')}` : undefined
}
