import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseFieldPath, setAt } from './field-path.ts'

const json = {
  nodes: [
    { name: 'a', count: 1 },
    { name: 'b', count: 2 },
  ],
  metadata: { labels: { 'app.kubernetes.io/name': 'x' } },
}
const set = (path: string, value: unknown): unknown => {
  const parsed = parseFieldPath(path)
  if (isLeft(parsed)) throw new Error(parsed.left)
  return setAt(json, parsed.right, value)
}

describe('a path', () => {
  it.each([
    ['nodes[0].count', 7, { ...json, nodes: [{ name: 'a', count: 7 }, json.nodes[1]] }],
    ['nodes[name=b].count', 7, { ...json, nodes: [json.nodes[0], { name: 'b', count: 7 }] }],
    ['nodes[name="b"].count', 7, { ...json, nodes: [json.nodes[0], { name: 'b', count: 7 }] }],
    ['nodes[*].count', 7, { ...json, nodes: json.nodes.map((node) => ({ ...node, count: 7 })) }],
    [
      'metadata.labels["app.kubernetes.io/name"]',
      'y',
      { ...json, metadata: { labels: { 'app.kubernetes.io/name': 'y' } } },
    ],
    ['flags.kubelet.maxPods', 10, { ...json, flags: { kubelet: { maxPods: 10 } } }],
    ['nodes', [], { ...json, nodes: [] }],
    ['metadata.labels', null, { ...json, metadata: {} }],
    ['nodes[1].count', null, { ...json, nodes: [json.nodes[0], { name: 'b' }] }],
  ])('%s leads to a value', (path, value, expected) => {
    const before = JSON.stringify(json)
    expect(set(path, value)).toEqual(expected)
    expect(JSON.stringify(json)).toBe(before)
  })

  it.each([
    'nodes[2].count',
    'nodes[name=c].count',
    'nodes.count',
    'metadata[0]',
    'nodes[0].name.first',
    'metadata.labels[*]',
  ])('%s leads nowhere', (path) => {
    expect(set(path, 1)).toBeUndefined()
  })

  it.each(['', 'a..b', 'a[', 'a[]', 'a b', 'a.[0]'])('"%s" is none', (path) => {
    expect(isRight(parseFieldPath(path))).toBe(false)
  })
})
