import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, tileAddresses } from '../../src/api/client'
import { Problem, Unreachable, Unreadable } from '../../src/api/problem'

const answer = (body: string, init?: ResponseInit) => vi.stubGlobal('fetch', vi.fn(async () => new Response(body, init)))
afterEach(() => vi.unstubAllGlobals())

describe('the client', () => {
  it('turns a problem document into what a person reads, in each language', async () => {
    answer(JSON.stringify({ code: 'x', title: 'Too long', detail: 'd', next_step: 'n', title_fa: 'بلند است', next_step_fa: 'کوتاه کنید' }), { status: 422 })
    const problem = await api.geocode('q', 8).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(Problem)
    expect((problem as Problem).failure('en')).toEqual({ title: 'Too long', detail: 'd', next: 'n' })
    expect((problem as Problem).failure('fa')).toEqual({ title: 'بلند است', detail: 'd', next: 'کوتاه کنید' })
  })

  it('keeps the status of an error that is no problem document', async () => {
    answer('<html>bad gateway', { status: 502 })
    const problem = await api.themes().catch((error: unknown) => error)
    expect(problem).toMatchObject({ status: 502 })
    expect((problem as Problem).failure('fa')).toBeNull()
  })

  it('tells no answer from an unreadable one', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('failed') }))
    await expect(api.themes()).rejects.toBeInstanceOf(Unreachable)
    answer('not json')
    await expect(api.themes()).rejects.toBeInstanceOf(Unreadable)
  })

  it('hands an abort on as an abort', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => { throw new DOMException('stop', 'AbortError') }))
    await expect(api.themes()).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('writes queries so that nothing in them can change the address', async () => {
    answer('{}')
    await api.geocode('خیابان & پلاک=1#', 8)
    const url = new URL(vi.mocked(fetch).mock.calls[0]![0] as string, 'http://x')
    expect(url.pathname).toBe('/v1/geocode')
    expect(url.searchParams.get('q')).toBe('خیابان & پلاک=1#')
    expect(url.searchParams.get('limit')).toBe('8')
  })
})

describe('tileAddresses', () => {
  it('makes them absolute and leaves the placeholders', () => {
    expect(tileAddresses({ tilejson: '3.0.0', tiles: ['/tiles/road/{z}/{x}/{y}', 'http://10.0.0.7:8080/tiles/road/{z}/{x}/{y}'] }, 'https://h'))
      .toEqual(['https://h/tiles/road/{z}/{x}/{y}', 'https://h/tiles/road/{z}/{x}/{y}'])
  })
})
