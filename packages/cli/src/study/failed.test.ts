import { InvariantViolation, invariant } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { reportFailed } from './failed.ts'

const told = (error: unknown) => {
  let err = ''
  const terminal = {
    out: () => {},
    err: (text: string) => {
      err += text
    },
    isInteractive: false,
  }
  return { code: reportFailed(terminal, error, 'out'), err }
}

describe('what cannot be done', () => {
  it('is the input, a file, or wavetank itself', () => {
    expect(told({ engineFailure: 'no worker', hint: 'start one' })).toEqual({
      code: 2,
      err: 'error: no worker\n    start one\n',
    })
    const full = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })
    expect(told(full)).toMatchObject({
      code: 2,
      err: expect.stringContaining('out cannot be written: the disk is full'),
    })
    expect(told({ brokenRun: 'free < 0', point: 1, number: 2 })).toMatchObject({
      code: 3,
      err: expect.stringContaining('wavetank is wrong: free < 0'),
    })
    let violation: unknown
    try {
      invariant(false, 'free < 0')
    } catch (error) {
      violation = error
    }
    expect(violation).toBeInstanceOf(InvariantViolation)
    expect(told(violation).code).toBe(3)
  })

  it('is thrown on if nobody knows what it is', () => {
    expect(() => told(new TypeError('x is not a function'))).toThrow('x is not a function')
  })
})
