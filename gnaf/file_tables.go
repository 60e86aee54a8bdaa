package gnaf

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"nsdi/layers"
)

// writeTables writes the tables of G-NAF as it names its files. What several sites share is written once.
func writeTables(ctx context.Context, m *layers.Making) error {
	files := map[string]*psv{}
	defer func() {
		for _, f := range files {
			_ = f.out.Close() // those that are whole are closed below, where an error is one
		}
	}()
	for _, t := range Tables() {
		out, err := m.Table("IR_" + t.Name + "_psv.psv")
		if err != nil {
			return err
		}
		files[t.Name] = &psv{Table: t, out: out}
		if err := files[t.Name].line(t.Columns); err != nil {
			return err
		}
	}
	shared, err := scatter(m, "shared")
	if err != nil {
		return err
	}
	var aliases []writtenAlias
	sites := map[principal]string{} // of addresses that others are other addresses of
	err = eachSite(ctx, m, func(c *Claim) {
		if c.alias.Of != "" {
			sites[principal{c.Dataset, c.alias.Of}] = ""
		}
	}, func(s *Site) error {
		aliases = append(aliases, aliasesOf(s)...)
		for i := range s.list {
			c := &s.list[i]
			if _, asked := sites[principal{c.Dataset, c.Key}]; asked && c.alias.Of == "" {
				sites[principal{c.Dataset, c.Key}] = s.ID
			}
		}
		return s.TableRows(func(table string, row TableRow) error {
			f := files[table]
			if !f.Shared {
				return f.line(f.cells(row))
			}
			text, err := json.Marshal(sharedRow{table, f.cells(row), s.in.province, s.in.county})
			if err != nil {
				return err
			}
			return shared.put(table+row[f.Columns[0]], text)
		})
	})
	if err = errors.Join(err, shared.close()); err != nil {
		return err
	}
	ways := map[int64][]writtenStreet{} // a name of gnaf.way is that of a street in each settlement of one name
	localities := map[int64][]writtenLocality{}
	err = shared.each(func(lines [][]byte) error {
		rows := map[string]sharedRow{}
		for _, text := range lines {
			var r sharedRow
			if err := json.Unmarshal(text, &r); err != nil {
				return err
			}
			// Sites write one thing differently, such as a street with and without its kind: one way of writing stands for all, and always the same.
			key := r.Table + "\x00" + r.Cells[0]
			if was, known := rows[key]; !known || slices.Compare(was.Cells, r.Cells) < 0 {
				rows[key] = r
			}
		}
		for _, key := range sortedKeys(rows) {
			row := rows[key]
			if err := files[row.Table].line(row.Cells); err != nil {
				return err
			}
			switch row.Table {
			case "LOCALITY":
				named := files[row.Table].row(row.Cells)
				id := localityID(named["LOCALITY_NAME"])
				localities[id] = append(localities[id], writtenLocality{named["LOCALITY_PID"], named["STATE_PID"]})
			case "STREET_LOCALITY":
				name, _, _ := strings.Cut(row.Cells[0], "-")
				way, err := strconv.ParseInt(name, 10, 64)
				if err != nil {
					return err
				}
				ways[way] = append(ways[way], writtenStreet{row.Cells[0], locality{row.Province, row.County}})
			}
		}
		return nil
	})
	if err == nil {
		err = errors.Join(
			writeAliases(ctx, m, files[streetAlias], ways), writeLocalityAliases(ctx, m, files[localityAlias], localities), writeAddressAliases(files[addressAlias], aliases, sites),
		)
	}
	for name, f := range files {
		err = errors.Join(err, f.out.Close())
		delete(files, name)
	}
	if err != nil {
		return err
	}
	return errors.Join(writeCodes(m), writeAliasCodes(m))
}

// sharedRow is a row of a table on its way into a bucket.
type sharedRow struct {
	Table string   `json:"t"`
	Cells []string `json:"c"`
	// Where it is, folded.
	Province string `json:"p,omitempty"`
	County   string `json:"y,omitempty"`
}

// writeCodes writes the code list of kinds of positions.
func writeCodes(m *layers.Making) error {
	out, err := m.Table("Authority_Code_GEOCODE_TYPE_AUT_psv.psv")
	if err != nil {
		return err
	}
	f := &psv{out: out}
	err = f.line([]string{"CODE", "NAME", "DESCRIPTION"})
	for _, kind := range []string{"access", "frontage", "building", "entrance", "unit", "parcel", "gap", "street", "locality"} {
		err = errors.Join(err, f.line([]string{geocodeCode(kind), kind, ""}))
	}
	return errors.Join(err, out.Close())
}
