import { gatherTexts, readText, readYaml } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

/** A cluster that is a dump, as a scenario that only has it. */
const scenarioOfDump = (path: string): string =>
  JSON.stringify({
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'cluster' },
    duration: '1h',
    manifests: [path.startsWith('/') ? path : `./${path.split('/').at(-1)}`],
  })

/** Whether a file has objects of a cluster rather than a scenario. */
const isDump = (text: string): boolean => {
  const { documents, issues } = readYaml(text)
  const kinds = documents.map(({ value }) => (isRecord(value) ? value.kind : undefined))
  return (
    issues.length === 0 && kinds.length > 0 && kinds.every((kind) => typeof kind === 'string' && kind !== 'Scenario')
  )
}

/** The texts of a scenario, or of a scenario that has the cluster of a dump. */
export const gatherCluster = async (path: string): ReturnType<typeof gatherTexts> => {
  const text = await readText(nodeFiles, path)
  if (isLeft(text) || !isDump(text.right)) return gatherTexts(path, nodeFiles)
  const bytes = Buffer.from(scenarioOfDump(path))
  const own = `${path}#cluster`
  return gatherTexts(own, {
    ...nodeFiles,
    status: async (at) => (at === own ? { kind: 'file', bytes: bytes.length } : nodeFiles.status(at)),
    read: async (at) => (at === own ? bytes : nodeFiles.read(at)),
  })
}
