import { assert, double, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  generateName,
  maskTrailingDash,
  portNameProblems,
  randomSuffix,
  SUFFIX_ALPHABET,
  SUFFIX_COUNT,
  safeEncode,
} from './names.ts'

describe('names', () => {
  it.each([
    [dnsLabelProblems, 'web-0'],
    [dnsLabelProblems, '0'],
    [dnsSubdomainProblems, 'web.example.com'],
    [dns1035LabelProblems, 'web'],
    [portNameProblems, 'http-8080'],
  ])('%o takes %s', (problems, name) => {
    expect(problems(name)).toEqual([])
  })

  it('words a bad label as Kubernetes does, odd spaces and all', () => {
    expect(dnsLabelProblems('Web_0')).toEqual([
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ])
    expect(dnsLabelProblems('a'.repeat(64))).toEqual(['must be no more than 63 bytes'])
  })

  it('words a bad subdomain as Kubernetes does', () => {
    expect(dnsSubdomainProblems('web..com')).toEqual([
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ])
  })

  it('wants a letter at the start of a DNS-1035 label', () => {
    expect(dns1035LabelProblems('0web').join()).toContain('start with an alphabetic character')
  })

  it.each([
    ['UPPER', 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
    ['8080', 'must contain at least one letter (a-z)'],
    ['a--b', 'must not contain consecutive hyphens'],
    ['-a', 'must not begin or end with a hyphen'],
    ['a'.repeat(16), 'must be no more than 15 bytes'],
  ])('refuses %s as the name of a port', (name, message) => {
    expect(portNameProblems(name)).toContain(message)
  })

  it('lets a prefix end in a dash', () => {
    expect(dnsLabelProblems(maskTrailingDash('web-'))).toEqual([])
  })
})

describe('made-up names', () => {
  it('spreads all suffixes evenly over [0, 1)', () => {
    expect(randomSuffix(0)).toBe('bbbbb')
    expect(randomSuffix(1 / SUFFIX_COUNT)).toBe('bbbbc')
    expect(randomSuffix(1 - Number.EPSILON)).toBe('99999')
    expect(SUFFIX_COUNT).toBe(14_348_907)
  })

  it('uses only the five letters and digits of the alphabet', () => {
    assert(
      property(double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (u) =>
        new RegExp(`^[${SUFFIX_ALPHABET}]{5}$`).test(randomSuffix(u)),
      ),
    )
  })

  it('cuts the prefix at 58 characters', () => {
    expect(generateName('web-', 0.5)).toMatch(/^web-[a-z0-9]{5}$/)
    expect(generateName('x'.repeat(70), 0.5)).toHaveLength(63)
  })

  it('prints hashes in the same alphabet', () => {
    expect(safeEncode('0123456789')).toBe('456789bcdf')
  })
})
