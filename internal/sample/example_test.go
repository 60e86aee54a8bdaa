package sample_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"nsdi/internal/sample"
)

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "sample")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := sample.Write(context.Background(), sample.Options{Dir: filepath.Join(dir, "country"), Addresses: 300, Seed: 1393})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Provinces, "provinces,", s.Cities, "cities and towns,", s.Villages, "villages,", s.Addresses, "addresses")
	// Output: 31 provinces, 7 cities and towns, 9 villages, 300 addresses
}
