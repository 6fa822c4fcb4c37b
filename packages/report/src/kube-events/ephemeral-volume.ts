import { foreignFact } from '../facts.ts'
import { defineKubeEvents, podReference, SILENT } from './define-kube-events.ts'

type Failed = {
  readonly kind: 'EphemeralVolumeFailed'
  readonly pod: string
  readonly volume: string
  readonly message: string
}

const component = 'ephemeral_volume'

/** Source: pkg/controller/volume/ephemeral/controller.go, syncHandler. */
export const ephemeralVolumeEvents = defineKubeEvents({
  component,
  facts: { EphemeralVolumeFailed: foreignFact<Failed>('EphemeralVolumeFailed') },
  create: () => ({
    EphemeralVolumeFailed: ({ event }, view) => {
      const pod = view.pods.get(event.pod)
      if (pod === undefined) return SILENT
      return [
        {
          type: 'Warning',
          reason: 'FailedBinding',
          message: `ephemeral volume ${event.volume}: ${event.message}`,
          involvedObject: podReference(pod),
          source: { component },
          recorder: 'core',
        },
      ]
    },
  }),
})
