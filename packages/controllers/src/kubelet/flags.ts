import { kubeletNodeFlags } from '@wavetank/cluster'

/** Settings of the KubeletConfiguration that pods feel. */
export const kubeletFlags = {
  ...kubeletNodeFlags,
  serializeImagePulls: {
    type: 'boolean',
    default: true,
    doc: 'KubeletConfiguration serializeImagePulls: one pull at a time on a node.',
  },
} as const
