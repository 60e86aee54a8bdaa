package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"nsdi/gnaf/search"
)

func main() {
	ctx := context.Background()
	e := &search.Engine{Folder: os.Args[1], Time: 2 * time.Second}
	if err := e.Open(ctx); err != nil {
		panic(err)
	}
	in := os.Stdin
	sc := bufio.NewScanner(in)
	n, sure := 0, 0
	for sc.Scan() {
		t := strings.TrimSpace(sc.Text())
		if t == "" {
			continue
		}
		n++
		a, err := e.Search(ctx, search.Query{Text: t, Limit: 3})
		if err != nil {
			fmt.Println(t, "→", err)
			continue
		}
		if len(a.Results) == 0 {
			if len(os.Args) > 2 {
				fmt.Println("-", t)
			}
			continue
		}
		r := a.Results[0]
		if r.Confidence >= 0.8 {
			sure++
		}
		if r.Confidence >= 0.8 || len(os.Args) > 2 {
			fmt.Printf("%.3f %s\n      %s %s  left %v corrected %v\n", r.Confidence, t, r.Level.Name(), r.Label, r.Unmatched, r.Corrected)
		}
	}
	fmt.Println(n, "questions", sure, "sure")
}
