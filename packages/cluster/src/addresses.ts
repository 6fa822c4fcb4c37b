/** IPv4 addresses as numbers, and the ranges that Services get theirs from. */

const OCTET = /^(0|[1-9][0-9]{0,2})$/

/** `10.0.0.1` as a number; `undefined` if it is not an IPv4 address. */
export const addressNumber = (text: string): number | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let number = 0
  for (const part of parts) {
    const octet = OCTET.test(part) ? Number(part) : 256
    if (octet > 255) return undefined
    number = number * 256 + octet
  }
  return number
}

export const formatAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

const GROUP = /^[0-9a-f]{1,4}$/i

/** True for IPv6: eight groups, of which one run of zeros may be left out; the last two may be an IPv4 address. */
export const isIPv6 = (text: string): boolean => {
  const halves = text.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const [i, half] of halves.entries()) {
    const parts = half === '' ? [] : half.split(':')
    for (const [j, part] of parts.entries()) {
      const isLast = i === halves.length - 1 && j === parts.length - 1
      if (isLast && part.includes('.') && addressNumber(part) !== undefined) groups += 2
      else if (GROUP.test(part)) groups++
      else return false
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8
}

export const isAddress = (text: string): boolean => addressNumber(text) !== undefined || isIPv6(text)

/** `10.0.0.0/8` and the like, of either family. */
export const isAddressRange = (text: string): boolean => {
  const [address = '', bits = '', ...rest] = text.split('/')
  if (rest.length > 0 || !/^(0|[1-9][0-9]{0,2})$/.test(bits)) return false
  return addressNumber(address) !== undefined ? Number(bits) <= 32 : isIPv6(address) && Number(bits) <= 128
}

/** A range of numbers, both ends included; what nobody asked for by name comes from `dynamic` on, as long as it lasts. */
export interface NumberRange {
  readonly text: string
  readonly first: number
  readonly dynamic: number
  readonly last: number
}

/**
 * kube-apiserver `--service-cluster-ip-range`, as kubeadm sets it. The upper part is handed out first, so that addresses
 * chosen by hand are safe in the lower one.
 *
 * Source: pkg/registry/core/service/ipallocator/bitmap.go, calculateRangeOffset: a 16th of the range, 16 to 256.
 */
export const SERVICE_ADDRESSES: NumberRange = {
  text: '10.96.0.0/12',
  first: addressNumber('10.96.0.1')!,
  dynamic: addressNumber('10.96.1.1')!,
  last: addressNumber('10.111.255.254')!,
}

/** The Service `kubernetes` of the API server has the first address of the range. */
export const API_SERVER_ADDRESS = '10.96.0.1'

/**
 * kube-apiserver `--service-node-port-range`.
 *
 * Source: pkg/registry/core/service/portallocator/allocator.go, calculateRangeOffset: a 32nd of the range, 16 to 128.
 */
export const NODE_PORTS: NumberRange = { text: '30000-32767', first: 30_000, dynamic: 30_086, last: 32_767 }
