package layers

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"nsdi/internal/ogr"
)

// WriteFindingsGeoPackage writes the findings as a GeoPackage with the layers points, lines and areas, by the place that each rule gives. Findings without a place
// are not in it.
func WriteFindingsGeoPackage(ctx context.Context, sandbox *ogr.Sandbox, q Querier, submission int64, w io.Writer) error {
	var head, types []string
	for _, c := range exportColumns() {
		head = append(head, c.EN)
		types = append(types, map[string]string{"number": "Integer64", "row": "Integer64", "measure": "Real", "lon": "Real", "lat": "Real"}[c.EN])
		if types[len(types)-1] == "" {
			types[len(types)-1] = "String"
		}
	}
	tables := []ogr.Table{{Name: "points", Geometry: "POINT"}, {Name: "lines", Geometry: "MULTILINESTRING"}, {Name: "areas", Geometry: "MULTIPOLYGON"}}
	texts := make([]bytes.Buffer, len(tables))
	sheets := make([]*csv.Writer, len(tables))
	for i := range tables {
		tables[i].Types = append(types, "WKT")
		sheets[i] = csv.NewWriter(&texts[i])
		_ = sheets[i].Write(append(head, "WKT"))
	}
	err := eachFinding(ctx, q, submission, FindingFilter{}, func(k *KeptFinding) error {
		at := -1
		for i, kind := range []string{"POINT", "LINESTRING", "POLYGON"} {
			if strings.HasPrefix(strings.TrimPrefix(k.wkt, "MULTI"), kind) {
				at = i
			}
		}
		if at < 0 || at == 0 && strings.HasPrefix(k.wkt, "MULTI") {
			return nil
		}
		return sheets[at].Write(append(k.cells(), k.wkt))
	})
	if err != nil {
		return fmt.Errorf("findings' GeoPackage: %w", err)
	}
	for i := range tables {
		sheets[i].Flush()
		tables[i].CSV = texts[i].Bytes()
	}
	body, err := sandbox.GeoPackage(ctx, tables...)
	if err != nil {
		return fmt.Errorf("findings' GeoPackage: %w", err)
	}
	_, err = w.Write(body)
	return err
}
