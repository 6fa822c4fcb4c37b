import { nearest } from '@wavetank/cluster/api'

/** "did you mean `replicas`?", or the list of what there is when nothing is near and the list is short. */
export const suggestion = (written: string, known: readonly string[]): string | undefined => {
  const near = written.length > 64 ? undefined : nearest(written, known)
  if (near !== undefined) return `did you mean \`${near}\`?`
  return known.length > 0 && known.length <= 24 ? `known: ${known.join(', ')}` : undefined
}
