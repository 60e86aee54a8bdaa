package sample

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// geojson writes a FeatureCollection, one feature a line.
type geojson struct {
	file *os.File
	w    *bufio.Writer
	n    int
	buf  []byte
}

func newGeoJSON(path, name string) (*geojson, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	g := &geojson{file: f, w: bufio.NewWriter(f)}
	fmt.Fprintf(g.w, "{\"type\":\"FeatureCollection\",\"name\":%q,\"features\":[", name)
	return g, nil
}

// attr is one property; properties keep the order in which they are given.
type attr struct {
	name  string
	value any // string, int, float64 or nil
}

func (g *geojson) point(p xy, attrs ...attr) error {
	g.begin("Point")
	g.position(p)
	return g.end(attrs)
}

func (g *geojson) line(points []xy, attrs ...attr) error {
	g.begin("LineString")
	g.positions(points, false)
	return g.end(attrs)
}

func (g *geojson) polygon(ring []xy, attrs ...attr) error {
	g.begin("Polygon")
	g.buf = append(g.buf, '[')
	g.positions(ring, true)
	g.buf = append(g.buf, ']')
	return g.end(attrs)
}

func (g *geojson) begin(kind string) {
	g.buf = g.buf[:0]
	if g.n > 0 {
		g.buf = append(g.buf, ',')
	}
	g.n++
	g.buf = append(g.buf, "\n{\"type\":\"Feature\",\"geometry\":{\"type\":\""...)
	g.buf = append(g.buf, kind...)
	g.buf = append(g.buf, "\",\"coordinates\":"...)
}

func (g *geojson) end(attrs []attr) error {
	g.buf = append(g.buf, "},\"properties\":{"...)
	for i, a := range attrs {
		if i > 0 {
			g.buf = append(g.buf, ',')
		}
		value, err := json.Marshal(a.value)
		if err != nil {
			return err
		}
		g.buf = strconv.AppendQuote(g.buf, a.name)
		g.buf = append(g.buf, ':')
		g.buf = append(g.buf, value...)
	}
	g.buf = append(g.buf, "}}"...)
	_, err := g.w.Write(g.buf)
	return err
}

func (g *geojson) position(p xy) {
	g.buf = append(g.buf, '[')
	g.buf = strconv.AppendFloat(g.buf, p.X, 'f', -1, 64)
	g.buf = append(g.buf, ',')
	g.buf = strconv.AppendFloat(g.buf, p.Y, 'f', -1, 64)
	g.buf = append(g.buf, ']')
}

func (g *geojson) positions(points []xy, closed bool) {
	g.buf = append(g.buf, '[')
	for i, p := range points {
		if i > 0 {
			g.buf = append(g.buf, ',')
		}
		g.position(p)
	}
	if closed {
		g.buf = append(g.buf, ',')
		g.position(points[0])
	}
	g.buf = append(g.buf, ']')
}

func (g *geojson) close() error {
	g.w.WriteString("\n]}\n")
	if err := g.w.Flush(); err != nil {
		g.file.Close()
		return err
	}
	return g.file.Close()
}

// create makes a file and the folders above it.
func create(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.Create(path)
}
