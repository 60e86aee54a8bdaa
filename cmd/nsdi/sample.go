package main

import (
	"context"
	"fmt"

	"nsdi/internal/sample"
	"nsdi/layers"
)

// sampleCommand is “nsdi sample”.
type sampleCommand struct {
	Addresses int    `default:"5000" help:"How many addresses the country has, from 100 to 10000000."`
	Seed      uint64 `default:"${seed}" help:"Equal seeds give equal countries."`
	Dir       string `arg:"" type:"path" help:"Folder to write; it is made when missing."`
}

// Run writes the sample country.
func (s *sampleCommand) Run(ctx context.Context, t terminal) error {
	bar := newProgressBar(t.err)
	sum, err := sample.Write(ctx, sample.Options{Dir: s.Dir, Addresses: s.Addresses, Seed: s.Seed, Progress: func(done, total int) {
		bar.show(layers.Progress{Stage: "writing", Rows: int64(done), Total: int64(total)})
	}})
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%d addresses, %d parcels, %d cities, %d villages in %d deliveries (%d of them with defects)\n%s\n",
		sum.Addresses, sum.Parcels, sum.Cities, sum.Villages, sum.Deliveries, sum.Dirty, sum.Manifest)
	return nil
}

// defaultSeed is the year of the notification.
const defaultSeed = 1393
