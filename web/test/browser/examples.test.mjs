// The examples on the page of the services, run as they stand there.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { address, alone, nsdi } from './people.mjs'

const run = promisify(execFile)
const programs = { curl: ['bash', '-c'], javascript: [process.execPath, '--input-type=module', '-e'], python: ['python3', '-c'] }
const missing = Object.entries({ curl: 'curl', python: 'python3' }).filter(([, name]) => {
  try { execFileSync(name, ['--version'], { stdio: 'ignore' }) } catch { return true }
  return false
}).map(([language]) => language)
const text = (html) => html.replace(/&(amp|lt|gt|#34|#39|#43);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', '#34': '"', '#39': "'", '#43': '+' })[name])

describe('the page of the services', { skip: alone }, () => {
  it('shows examples that work as they stand, in three languages', { timeout: 120_000 }, async (t) => {
    const html = await (await fetch(`${address}/services?lang=en`)).text()
    const examples = [...html.matchAll(/<pre [^>]*data-language="(\w+)" data-service="([\w-]+)">([^<]*)<\/pre>/g)].map(([, language, service, code]) => ({ language, service, code: text(code) }))
    assert.deepEqual([...new Set(examples.map((one) => one.language))].sort(), ['curl', 'javascript', 'python'])
    const services = [...new Set(examples.map((one) => one.service))].map((service) => [service, examples.filter((one) => one.service === service)])
    assert.ok(services.length >= 7, `services with an example: ${services.length}`)
    assert.ok(services.some(([service]) => service === 'keyed'), 'how a key is sent is among them')
    const NSDI_KEY = /key\s+(nsdi_\S+)/.exec(await nsdi('key', 'add', 'examples', '--agency', 'post', '--role', 'inquirer', '--scope', 'read'))[1]
    for (const language of missing) t.diagnostic(`there is no program for ${language} here`)
    for (const [service, ofService] of services) {
      const answers = await Promise.all(ofService.filter(({ language }) => !missing.includes(language)).map(async ({ language, code }) => {
        const [program, ...flags] = programs[language]
        const { stdout } = await run(program, [...flags, code], { maxBuffer: 32 << 20, env: { ...process.env, NSDI_KEY } })
        return [language, JSON.parse(stdout)]
      }))
      for (const [language, answer] of answers) {
        assert.deepEqual(Object.keys(answer).sort(), Object.keys(answers[0][1]).sort(), `${service} in ${language}`)
        assert.ok(Object.keys(answer).length > 0 && !answer.code, `${service} in ${language}: ${JSON.stringify(answer).slice(0, 200)}`)
      }
    }
  })
})
