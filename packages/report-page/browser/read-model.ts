import { createModel, type Model } from './data.ts'

const base64 = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** The data block of the page; everything stays within the page. */
export const readModel = async (): Promise<Model> => {
  const packed = base64(document.getElementById('data')!.textContent!.trim())
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return createModel(new Uint8Array(await new Response(stream).arrayBuffer()))
}
