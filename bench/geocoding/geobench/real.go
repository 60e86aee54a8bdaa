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
	"nsdi/bench/geocoding/country"
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

// registered publishes rows in a database of their own and opens an engine on them.
func (s *suite) registered(name string, rows []country.Row, ask func(*geocoding.Engine, []geocoding.Fact) error) error {
	pool, drop, err := database(s.ctx, s.database)
	if err != nil {
		return err
	}
	defer drop()
	if err := geocoding.Load(s.ctx, pool, slices.Values(rows)); err != nil {
		return err
	}
	engine, facts, err := geocoding.NewEngine(s.ctx, pool, filepath.Join(s.work, "index-"+name), len(rows))
	if err != nil {
		return err
	}
	defer engine.Close()
	return ask(engine, facts)
}

func (s *suite) real(w io.Writer, real *geocoding.Real) error {
	return s.registered(real.Name, real.Rows, func(engine *geocoding.Engine, facts []geocoding.Fact) error {
		outcomes, err := geocoding.Ask(s.ctx, engine, real.Questions(s.seed, s.perClass), 2)
		if err != nil {
			return err
		}
		run := geocoding.Run{Name: fmt.Sprintf("%s: %d rows", real.Name, len(real.Rows)), Outcomes: outcomes, Facts: facts}
		run.Write(w)
		run.Undecidable(w)
		return write(filepath.Join(s.work, "failures-"+real.Name+".txt"), func(file *os.File) error {
			run.Failures(file, 10)
			return nil
		})
	})
}

// stations asks for the metro stations of Tehran: in the made-up register, which has none of their streets, and in one of the streets that their addresses name.
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
	answerable := geocoding.Answerable(questions, country.Rows(country.Options{Rows: s.rows, Seed: s.seed}))
	near, sure := answeredNear(outcomes)
	fmt.Fprintf(w, "Metro stations of Tehran, %d printed addresses, asked of the made-up register: the street of %d is in it, so many can be answered at all. Within 500 m: %d. Wrong and sure of it (confidence of 0.8 or more): %d.\n",
		len(outcomes), len(answerable), near, sure)
	if !s.flags.real {
		return nil
	}
	rows := geocoding.StationStreets(questions)
	answerable = geocoding.Answerable(questions, slices.Values(rows))
	err = s.registered("stations", rows, func(engine *geocoding.Engine, _ []geocoding.Fact) error {
		outcomes, err := geocoding.Ask(s.ctx, engine, answerable, 2)
		near, sure := answeredNear(outcomes)
		fmt.Fprintf(w, "In a register of the %d streets that they name, with a point at each of their stations: the street of %d is in it. Of these within 500 m: %d. Wrong and sure of it: %d.\n\n", len(rows), len(answerable), near, sure)
		return errors.Join(err, write(filepath.Join(s.work, "failures-stations.txt"), func(f *os.File) error {
			for i := range outcomes {
				if o := &outcomes[i]; o.Rank != 1 {
					fmt.Fprintf(f, "%s\n  %v %s, %.0f m away, confidence %.2f, right at rank %d\n", o.Text, o.Answered, o.Top.Street, o.Distance, o.Top.Confidence, o.Rank)
				}
			}
			return nil
		}))
	})
	return err
}

// answeredNear counts the first answers that are near enough, and those that are not and say that they are sure.
func answeredNear(outcomes []geocoding.Outcome) (near, sure int) {
	for i := range outcomes {
		if outcomes[i].Rank == 1 {
			near++
		} else if outcomes[i].Answered && outcomes[i].Top.Sure {
			sure++
		}
	}
	return near, sure
}
