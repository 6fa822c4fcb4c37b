import { expect, it } from 'vitest'
import { fullImage, imageId } from './image.ts'

it.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['acme/shop', 'docker.io/acme/shop:latest'],
  ['localhost/shop', 'localhost/shop:latest'],
  ['registry:5000/shop', 'registry:5000/shop:latest'],
  ['quay.io/acme/shop:v2', 'quay.io/acme/shop:v2'],
  ['nginx:1.27@sha256:abc', 'docker.io/library/nginx@sha256:abc'],
])('%s in full is %s', (image, full) => {
  expect(fullImage(image)).toBe(full)
})

it('makes up a digest that depends on the tag alone', () => {
  expect(imageId('nginx')).toMatch(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/)
  expect(imageId('nginx')).toBe(imageId('docker.io/library/nginx:latest'))
  expect(imageId('nginx')).not.toBe(imageId('nginx:1.27'))
  expect(imageId('quay.io/a/b@sha256:abc')).toBe('quay.io/a/b@sha256:abc')
})
