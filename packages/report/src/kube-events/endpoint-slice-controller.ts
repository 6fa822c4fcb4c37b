import { nameOf, namespaceOf } from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'

type SyncFailed = { readonly kind: 'EndpointSliceSyncFailed'; readonly object: string; readonly message: string }

/** Source: pkg/controller/endpointslice/endpointslice_controller.go, syncService. */
export const endpointSliceControllerEvents = defineKubeEvents({
  component: 'endpoint-slice-controller',
  facts: { EndpointSliceSyncFailed: foreignFact<SyncFailed>('EndpointSliceSyncFailed') },
  create: () => ({
    EndpointSliceSyncFailed: ({ event }, view) => {
      const service = view.services.get(event.object)
      if (service === undefined) return SILENT
      return [
        {
          type: 'Warning',
          reason: 'FailedToUpdateEndpointSlices',
          message: `Error updating Endpoint Slices for Service ${event.object}: ${event.message}`,
          involvedObject: {
            apiVersion: 'v1',
            kind: 'Service',
            namespace: namespaceOf(event.object),
            name: nameOf(event.object),
            uid: service.uid,
          },
          source: { component: 'endpoint-slice-controller' },
          recorder: 'core',
        },
      ]
    },
  }),
})
