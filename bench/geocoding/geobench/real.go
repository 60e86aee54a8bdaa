package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"nsdi/bench/geocoding"
)

// reals asks about the real registers that lie beside the checkout, each in a database of its own.
func (s *suite) reals(w io.Writer) error {
	for name, read := range map[string]func(string) (*geocoding.Real, error){"us_vt_e911_half_a.csv.gz": geocoding.ReadVermont, "jp_town_points_half_a.csv.gz": geocoding.ReadJapan} {
		real, err := read(filepath.Join(s.shared, "addresses", name))
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(w, "%s is not here\n\n", name)
			continue
		}
		if err == nil {
			err = s.real(w, real)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *suite) real(w io.Writer, real *geocoding.Real) error {
	pool, drop, err := database(s.ctx, s.database)
	if err != nil {
		return err
	}
	defer drop()
	if err := geocoding.Load(s.ctx, pool, slices.Values(real.Rows)); err != nil {
		return err
	}
	folder := filepath.Join(s.work, "index-"+real.Name)
	engine, facts, err := geocoding.NewEngine(s.ctx, pool, folder, len(real.Rows))
	if err != nil {
		return err
	}
	defer engine.Close()
	outcomes, err := geocoding.Ask(s.ctx, engine, real.Questions(s.seed, s.perClass), 2)
	if err != nil {
		return err
	}
	run := geocoding.Run{Name: fmt.Sprintf("%s: %d rows", real.Name, len(real.Rows)), Outcomes: outcomes, Facts: facts}
	run.Write(w)
	run.Undecidable(w)
	file, err := os.Create(filepath.Join(s.work, "failures-"+real.Name+".txt"))
	if err != nil {
		return err
	}
	run.Failures(file, 10)
	return file.Close()
}

// stations asks for the metro stations of Tehran, whose streets no register here has.
func (s *suite) stations(w io.Writer, engine *geocoding.Engine) error {
	questions, err := geocoding.Stations(filepath.Join(s.shared, "persian_text", "tehran_metro_stations_address_half_a.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	outcomes, err := geocoding.Ask(s.ctx, engine, questions, 2)
	if err != nil {
		return err
	}
	near, sure := 0, 0
	for i := range outcomes {
		if outcomes[i].Rank == 1 {
			near++
		} else if outcomes[i].Answered && outcomes[i].Top.Sure {
			sure++
		}
	}
	fmt.Fprintf(w, "Metro stations of Tehran: %d addresses; no register of Tehran's streets is among the data, so none can be answered. Within 500 m: %d. Wrong and sure of it (confidence of 0.8 or more): %d.\n",
		len(outcomes), near, sure)
	return nil
}
