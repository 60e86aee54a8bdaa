package reading

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// LabelColumn is what the text in an area of a drawing is called.
const LabelColumn = "label"

// dxfSource is a drawing. GDAL reads its entities; what a drawing means by them is told here: each layer of the drawing is a layer, a line that ends where it
// began is an area too, and a text belongs to the smallest area around it.
type dxfSource struct {
	gis    *gisSource
	chosen func(layer string) bool
	layers []Layer
	labels *labels // nil: no chosen area has a text
	// recode is how texts are read that GDAL took for Latin ones: it looks for an encoding only where there is a header.
	recode encoding.Encoding
}

const (
	// maxDrawingLayers is more than any drawing has that people made.
	maxDrawingLayers = 10_000
	maxLabels        = 500_000
	maxLabel         = 1000 // bytes
	// maxHeld is how many corners of areas are kept until all texts are known. A drawing with more is gone through once more.
	maxHeld = 2_000_000
)

// inspect counts the entities by their layers, and takes the texts. Layers that are looked for labels in are those that are chosen; where they have none, all.
func (s *dxfSource) inspect(ctx context.Context) ([]Layer, error) {
	if _, err := s.gis.inspect(ctx); err != nil {
		return nil, err
	}
	var here, anywhere []label
	at := make(map[string]int)
	s.layers = nil
	type drawn struct {
		number int64
		areas  [][][]geo.XY
	}
	var held []drawn
	corners := 0
	err := s.entities(ctx, func(r *Row) error {
		name := s.layerOf(r)
		if corners <= maxHeld && s.chosen(name) && !onPaper(r) {
			if areas, _ := areasOf(r.Geoms); len(areas) > 0 {
				held = append(held, drawn{r.Number, areas})
				for _, rings := range areas {
					for _, ring := range rings {
						corners += len(ring)
					}
				}
			}
		}
		i, known := at[name]
		if !known {
			if len(s.layers) == maxDrawingLayers {
				return tooIntricate(s.gis.name, errs.Tf("بیش از %d لایه دارد.", "It has more than %d layers.", maxDrawingLayers))
			}
			i = len(s.layers)
			at[name] = i
			s.layers = append(s.layers, Layer{File: s.gis.name, Name: name})
		}
		s.layers[i].Features++
		if l, ok := labelOf(r); ok {
			if len(anywhere) == maxLabels {
				return tooIntricate(s.gis.name, errs.Tf("بیش از %d نوشته دارد.", "It has more than %d texts.", maxLabels))
			}
			anywhere = append(anywhere, l)
			if s.chosen(name) {
				here = append(here, l)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(here) == 0 {
		here = anywhere
	}
	if len(here) == 0 {
		return s.layers, nil
	}
	s.labels = newLabels(here)
	if corners > maxHeld {
		return s.layers, nil
	}
	for _, d := range held {
		if !s.labels.offer(d.number, d.areas) {
			return nil, tooManyAreas(s.gis.name)
		}
	}
	s.labels.settle()
	return s.layers, nil
}

func tooManyAreas(file string) error {
	return tooIntricate(file, errs.T("نوشته‌ها و پهنه‌های روی هم بیش از اندازه است.", "Too many texts lie in too many areas."))
}

// place says to which areas the texts belong, where the areas were too many to be held. The drawing is gone through for that once.
func (s *dxfSource) place(ctx context.Context) error {
	if s.labels == nil || s.labels.placed {
		return nil
	}
	err := s.entities(ctx, func(r *Row) error {
		if !s.chosen(s.layerOf(r)) || onPaper(r) {
			return nil
		}
		areas, _ := areasOf(r.Geoms)
		if !s.labels.offer(r.Number, areas) {
			return tooManyAreas(s.gis.name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.labels.settle()
	return nil
}

func (s *dxfSource) read(ctx context.Context, yield func(*Row) error) error {
	if err := s.place(ctx); err != nil {
		return err
	}
	numbers := make(map[string]int64)
	var columns []string
	return s.entities(ctx, func(r *Row) error {
		if columns == nil && len(r.Columns) > 0 {
			columns = append(slices.Clone(r.Columns), LabelColumn)
		}
		number := r.Number // among all entities
		row := *r
		row.Layer = s.layerOf(r)
		numbers[row.Layer]++
		row.Number = numbers[row.Layer]
		if r.Damage != "" {
			return yield(&row)
		}
		text, told := "", false
		if l, ok := labelOf(r); ok {
			row.Text = TextAlone
			if s.labels != nil && s.labels.inArea(l) {
				row.Text = TextInArea
			}
			row.setText(l.text)
		}
		areas, drawn := areasOf(r.Geoms)
		if len(drawn) > 0 {
			row.Geoms = append(slices.Clip(r.Geoms), drawn...) // a line for themes of lines, an area for those of areas
		}
		if s.labels != nil && len(areas) > 0 && !onPaper(r) {
			switch found := s.labels.of(number); len(found) {
			case 0:
				row.Text = TextMissing
			case 1:
				text, told = found[0], true
			default:
				row.Text, row.Texts = TextSeveral, found
			}
		}
		row.Columns = columns
		row.Values = append(slices.Clip(row.Values), text)
		row.Null = append(slices.Clip(row.Null), !told)
		return yield(&row)
	})
}

// entities streams what GDAL reads.
func (s *dxfSource) entities(ctx context.Context, yield func(*Row) error) error {
	return s.gis.read(ctx, func(r *Row) error {
		if s.recode == nil {
			return yield(r)
		}
		row := *r
		row.Values = slices.Clone(r.Values)
		for i, v := range row.Values {
			if latin, err := charmap.ISO8859_1.NewEncoder().String(v); err == nil {
				if text, err := s.recode.NewDecoder().String(latin); err == nil {
					row.Values[i] = text
				}
			}
		}
		return yield(&row)
	})
}

// layerOf is the drawing's own layer of an entity.
func (s *dxfSource) layerOf(r *Row) string { return cmp.Or(cell(r, "Layer"), stem(s.gis.name)) }

// onPaper answers whether an entity is of the sheet around the drawing, such as its frame and title.
func onPaper(r *Row) bool { return cell(r, "PaperSpace") == "t" || cell(r, "PaperSpace") == "1" }

func tooIntricate(file string, detail errs.Text) error {
	e := refusal("file-too-large", file, errs.T("نقشه بیش از اندازه پیچیده است", "The drawing is too large"),
		errs.T("نقشه را به چند پرونده تقسیم کنید، یا لایه‌های لازم را بگویید.", "Split the drawing, or say which of its layers are needed."))
	e.Detail = detail
	return e
}

var _ source = (*dxfSource)(nil)

func newDrawing(r *Reader, d *Delivery, m member, inner string, f ogr.File) (source, error) {
	if head, err := headOf(m.host, 64); err == nil && strings.HasPrefix(string(head), binaryDrawing) {
		return nil, refusal("drawing-binary", m.name, errs.T("نقشه DXF دودویی خوانده نمی‌شود", "Binary DXF drawings are not read"),
			errs.T("نقشه را به صورت DXF متنی (ASCII) ذخیره کنید.", "Save the drawing as a DXF of text (ASCII)."))
	}
	name, headed, err := drawingEncoding(m.host, d.options.Encoding)
	if err != nil {
		return nil, err
	}
	s := &dxfSource{chosen: d.Chosen}
	switch {
	case !headed:
		if s.recode, err = htmlindex.Get(name); err != nil {
			return nil, fmt.Errorf("read drawing: %w", err)
		}
	case strings.EqualFold(name, "windows-1256"):
		f.Encoding = "CP1256"
	default:
		f.Encoding = name
	}
	s.gis = &gisSource{sandbox: r.Sandbox, name: m.name, inner: inner, file: f}
	return s, nil
}
