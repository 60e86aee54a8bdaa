package styling

import "strings"

// kind is what a value is.
type kind string

const (
	anything kind = ""
	number   kind = "number"
	boolean  kind = "boolean"
	text     kind = "string"
	colour   kind = "color"
	words    kind = "words"   // an array of strings
	numbers  kind = "numbers" // an array of two numbers
	dashes   kind = "dashes"  // an array of numbers above zero
)

// property is one of a layer's layout or paint.
type property struct {
	kind kind
	// least and most bound a number.
	least, most float64
	values      []string // that a word can be
	fixed       bool     // not by expression
	byFeature   bool     // by what a feature carries, not by the zoom alone
	state       bool     // by a feature's state too
	smooth      bool     // values between two are values: interpolate
	ramp        string   // the one input that it depends on
}

const endless = 1e9

// properties are those of the kinds of layers that there are, without what needs images.
func properties(layer string) (layout, paint map[string]property) {
	layout, paint = map[string]property{"visibility": {kind: text, values: []string{"visible", "none"}, fixed: true}}, map[string]property{}
	put := func(to map[string]property, p property, names string) {
		for name := range strings.FieldsSeq(names) {
			to[name] = p
		}
	}
	word := func(values string, byFeature bool) property {
		return property{kind: text, values: strings.Fields(values), byFeature: byFeature}
	}
	var (
		plain     = property{kind: boolean}
		sorting   = property{kind: number, least: -endless, most: endless, byFeature: true}
		hue       = property{kind: colour, byFeature: true, state: true, smooth: true}
		share     = property{kind: number, most: 1, byFeature: true, state: true, smooth: true}
		width     = property{kind: number, most: endless, byFeature: true, state: true, smooth: true}
		signed    = property{kind: number, least: -endless, most: endless, byFeature: true, state: true, smooth: true}
		shift     = property{kind: numbers, smooth: true}
		side      = word("map viewport", false)
		shareAll  = property{kind: number, most: 1, smooth: true}
		anchor    = word("center left right top bottom top-left top-right bottom-left bottom-right", true)
		layoutNum = property{kind: number, least: -endless, most: endless, byFeature: true, smooth: true}
		layoutPos = property{kind: number, most: endless, byFeature: true, smooth: true}
		zoomNum   = property{kind: number, least: -endless, most: endless, smooth: true}
		overlap   = word("never always cooperative", false)
		alignment = word("map viewport auto", false)
	)
	switch layer {
	case "background":
		put(paint, property{kind: colour, smooth: true}, "background-color")
		put(paint, shareAll, "background-opacity")
	case "fill":
		put(layout, sorting, "fill-sort-key")
		put(paint, plain, "fill-antialias")
		put(paint, share, "fill-opacity")
		put(paint, hue, "fill-color fill-outline-color")
		put(paint, shift, "fill-translate")
		put(paint, side, "fill-translate-anchor")
	case "line":
		put(layout, word("butt round square", true), "line-cap")
		put(layout, word("bevel round miter", true), "line-join")
		put(layout, layoutNum, "line-miter-limit line-round-limit")
		put(layout, sorting, "line-sort-key")
		put(paint, share, "line-opacity")
		put(paint, hue, "line-color")
		put(paint, shift, "line-translate")
		put(paint, side, "line-translate-anchor")
		put(paint, width, "line-width line-gap-width line-blur")
		put(paint, signed, "line-offset")
		put(paint, property{kind: dashes, fixed: true}, "line-dasharray")
	case "symbol":
		put(layout, word("point line line-center", false), "symbol-placement")
		put(layout, property{kind: number, least: 1, most: endless, smooth: true}, "symbol-spacing")
		put(layout, plain, "symbol-avoid-edges text-keep-upright text-allow-overlap text-ignore-placement text-optional")
		put(layout, sorting, "symbol-sort-key")
		put(layout, word("auto viewport-y source", false), "symbol-z-order")
		put(layout, alignment, "text-pitch-alignment")
		put(layout, word("map viewport viewport-glyph auto", false), "text-rotation-alignment")
		put(layout, property{kind: text, byFeature: true}, "text-field")
		put(layout, property{kind: words, byFeature: true}, "text-font")
		put(layout, layoutPos, "text-size text-max-width")
		put(layout, layoutNum, "text-letter-spacing text-radial-offset text-rotate")
		put(layout, zoomNum, "text-line-height text-max-angle")
		put(layout, property{kind: number, most: endless, smooth: true}, "text-padding")
		put(layout, word("auto left center right", true), "text-justify")
		put(layout, anchor, "text-anchor")
		put(layout, word("none uppercase lowercase", true), "text-transform")
		put(layout, property{kind: numbers, byFeature: true, smooth: true}, "text-offset")
		put(layout, overlap, "text-overlap")
		put(paint, share, "text-opacity")
		put(paint, hue, "text-color text-halo-color")
		put(paint, width, "text-halo-width text-halo-blur")
		put(paint, shift, "text-translate")
		put(paint, side, "text-translate-anchor")
	case "circle":
		put(layout, sorting, "circle-sort-key")
		put(paint, width, "circle-radius circle-stroke-width")
		put(paint, hue, "circle-color circle-stroke-color")
		put(paint, signed, "circle-blur")
		put(paint, share, "circle-opacity circle-stroke-opacity")
		put(paint, shift, "circle-translate")
		put(paint, side, "circle-translate-anchor circle-pitch-scale circle-pitch-alignment")
	case "heatmap":
		put(paint, property{kind: number, least: 1, most: endless, byFeature: true, state: true, smooth: true}, "heatmap-radius")
		put(paint, width, "heatmap-weight")
		put(paint, property{kind: number, most: endless, smooth: true}, "heatmap-intensity")
		put(paint, property{kind: colour, smooth: true, ramp: "heatmap-density"}, "heatmap-color")
		put(paint, shareAll, "heatmap-opacity")
	default:
		return nil, nil
	}
	return layout, paint
}
