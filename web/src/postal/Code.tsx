/** A postal code as people read it, in two halves that no line of text turns round. */
export function Code({ code }: { code: string }) {
  return <bdi class="postal-code" dir="ltr">{code.length === 10 ? `${code.slice(0, 5)}-${code.slice(5)}` : code}</bdi>
}
