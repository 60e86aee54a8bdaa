/// <reference types="vite/client" />
declare module 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url' {
  const url: string
  export default url
}

/** Of Node only what the build takes, so that the page is not checked against a machine it never runs on. */
declare module 'node:zlib' {
  export function brotliCompressSync(body: string | Uint8Array): Uint8Array
}
declare module 'node:module' {
  export function createRequire(from: string): { resolve(name: string): string }
}
declare module 'node:path' {
  export function dirname(path: string): string
  export function join(...parts: string[]): string
}
