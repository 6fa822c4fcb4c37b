import { allEndpoints, type DeepReadonly, type EndpointSlice, type LegacyEndpoints } from '@wavetank/cluster'
import { AGE, defineColumns, type Listed, NAME, NONE } from './define-columns.ts'
import { inertColumns } from './inert.ts'

const SHOWN = 3

/** Source: pkg/printers/internalversion/printers.go, listWithMoreString. */
const shortened = (list: readonly string[]): string =>
  list.length <= SHOWN ? list.join(',') : `${list.slice(0, SHOWN).join(',')} + ${list.length - SHOWN} more...`

/** Source: formatEndpoints. */
const addressesOf = ({ subsets }: LegacyEndpoints): string => {
  if (subsets.length === 0) return NONE
  const list = subsets.flatMap(({ addresses, ports }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  )
  return shortened(list)
}

type Row = Listed & { readonly endpoints?: LegacyEndpoints }

/** Source: printEndpoints. */
export const endpointsColumns = defineColumns<Row>({
  kind: 'Endpoints',
  list: (moment) => {
    const own = allEndpoints(moment.view).map((endpoints): Row => ({ ...endpoints, endpoints }))
    const names = new Set(own.map(({ namespace, name }) => `${namespace}/${name}`))
    const brought = [...inertColumns('Endpoints').list(moment)]
    return [...own, ...brought.filter(({ namespace, name }) => !names.has(`${namespace}/${name}`))]
  },
  columns: [
    NAME,
    { header: 'ENDPOINTS', cell: ({ endpoints }) => (endpoints === undefined ? NONE : addressesOf(endpoints)) },
    AGE,
  ],
})

type SliceView = DeepReadonly<EndpointSlice>

const UNSET = '<unset>'

/** Source: formatDiscoveryPorts. */
const portsOf = ({ ports }: SliceView): string =>
  ports.length === 0
    ? UNSET
    : shortened(ports.map(({ name, port }) => (port === undefined ? name || '*' : String(port))))

/** Source: formatDiscoveryEndpoints. */
const endpointsOf = ({ endpoints }: SliceView): string =>
  endpoints.length === 0 ? UNSET : shortened(endpoints.flatMap(({ addresses }) => addresses))

/** Source: printEndpointSlice. */
export const endpointSliceColumns = defineColumns<SliceView>({
  kind: 'EndpointSlice',
  list: ({ view }) => view.endpointSlices.values(),
  columns: [
    NAME,
    { header: 'ADDRESSTYPE', cell: ({ addressType }) => addressType },
    { header: 'PORTS', cell: portsOf },
    { header: 'ENDPOINTS', cell: endpointsOf },
    AGE,
  ],
})
