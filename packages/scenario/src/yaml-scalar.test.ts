import { describe, expect, it } from 'vitest'
import { plainScalar } from './yaml-scalar.ts'

// What sigs.k8s.io/yaml makes of them: goyaml.v2/resolve.go and its decode_test.go.
describe('a plain scalar', () => {
  it.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['TRUE', true],
    ['no', false],
    ['OFF', false],
    ['n', false],
    ['yEs', 'yEs'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['12', 12],
    ['+12', 12],
    ['-12', -12],
    ['0', 0],
    ['017', 15],
    ['0o17', 15],
    ['08', 8],
    ['0x1F', 31],
    ['-0x1F', -31],
    ['0b101', 5],
    ['1_000', 1000],
    ['1e3', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['1.5', 1.5],
    ['1:30', '1:30'],
    ['190:20:30', '190:20:30'],
    ['2025-01-01', '2025-01-01'],
    ['2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['128Mi', '128Mi'],
    ['500m', '500m'],
    ['1.27.3', '1.27.3'],
    ['-', '-'],
    ['.', '.'],
    ['truely', 'truely'],
    ['nginx', 'nginx'],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.Inf', Number.NEGATIVE_INFINITY],
  ])('reads %j', (written, expected) => {
    expect(plainScalar(written)).toStrictEqual(expected)
  })
})
