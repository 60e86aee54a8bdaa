// Package styling checks MapLibre styles of version 8 that people write, as MapLibre does and a little more strictly: every source is one of our own layers, no address of another host
// is in it, and what needs images or glyphs is refused, since none are served. What it takes MapLibre's own validator takes.
package styling
