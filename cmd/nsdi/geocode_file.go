package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nsdi/gnaf/batch"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// isFile reports whether a file is asked about, not an address. What is called like a file and is none is an error: nobody lives at "list.csv".
func (g *geocodeCommand) isFile() (bool, error) {
	info, err := os.Stat(g.Query)
	if g.Query == "-" || err == nil && info.Mode().IsRegular() {
		return true, nil
	}
	switch strings.ToLower(filepath.Ext(g.Query)) {
	case ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx":
		return false, &errs.Error{
			Code: "file-missing", Status: http.StatusNotFound, Op: "nsdi geocode", Value: g.Query, Err: err,
			Title: errs.T("چنین پرونده‌ای نیست", "There is no such file"),
			Next:  errs.T("نام و پوشه آن را بررسی کنید؛ برای ورودی استاندارد «-» بنویسید.", "Check its name and folder; write “-” for the standard input."),
		}
	}
	return false, nil
}

// file looks up the rows of a file. What it writes to has its name only when it is whole.
func (g *geocodeCommand) file(ctx context.Context, f batch.Finder, t terminal) (err error) {
	in, total, o := io.Reader(os.Stdin), int64(0), g.options()
	if g.Query != "-" {
		file, err := os.Open(g.Query)
		if err != nil {
			return err
		}
		defer file.Close()
		if total, err = batch.Count(file, o, ctx.Err); err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		in = file
	}
	out := t.out
	if g.Output != "" {
		half, err := os.CreateTemp(filepath.Dir(g.Output), filepath.Base(g.Output)+".*.part")
		if err != nil {
			return err
		}
		defer os.Remove(half.Name())
		defer half.Close()
		if err := g.rows(ctx, f, in, half, o, total, t.err); err != nil {
			return err
		}
		if err := errors.Join(half.Chmod(0o644), half.Close()); err != nil {
			return err
		}
		return os.Rename(half.Name(), g.Output)
	}
	return g.rows(ctx, f, in, out, o, total, t.err)
}

// options are what the command says of the file.
func (g *geocodeCommand) options() batch.Options {
	o := batch.Options{Format: batch.Format(g.Format), Columns: map[batch.Role]string{}}
	if ext := strings.ToLower(filepath.Ext(g.Query)); g.Format == "" && (ext == ".jsonl" || ext == ".ndjson") {
		o.Format = batch.JSONL
	}
	for role, name := range g.Column {
		o.Columns[batch.Role(role)] = name
	}
	return o
}

// rows does the work, with a progress bar, and says at the end how far down the addresses were found.
func (g *geocodeCommand) rows(ctx context.Context, f batch.Finder, in io.Reader, out io.Writer, o batch.Options, total int64, errOut io.Writer) error {
	bar := newProgressBar(errOut)
	o.Written = func(s *batch.Summary) error {
		bar.show(layers.Progress{Stage: "geocode", Rows: s.Rows, Total: total})
		return nil
	}
	began := time.Now()
	s, err := batch.Run(ctx, f, in, out, o)
	bar.end()
	if err != nil {
		return err
	}
	printLevels(errOut, terminalLang(g.Lang), s, time.Since(began))
	return nil
}

// printLevels says how many rows were found how far down, from the whole address to nothing.
func printLevels(w io.Writer, lang string, s *batch.Summary, took time.Duration) {
	p := reportPrinter{w, lang}
	fmt.Fprintf(w, "%s: %s (%s)\n", p.t("ردیف", "rows"), p.n(s.Rows), p.digits(took.Round(10*time.Millisecond).String()))
	tell := func(name, fa string) {
		if n := s.Levels[name]; n > 0 {
			fmt.Fprintf(w, "  %-14s %8s  %s %%\n", p.t(fa, name), p.n(n), p.digits(fmt.Sprintf("%.1f", 100*float64(n)/float64(s.Rows))))
		}
	}
	fa := map[search.Level]string{
		search.LevelLandmark: "نسبت به مکان", search.LevelIntersection: "تقاطع", search.LevelParcel: "پلاک ثبتی", search.LevelUnit: "واحد", search.LevelSite: "پلاک",
		search.LevelInterpolated: "میان دو پلاک", search.LevelAlley: "معبر و معبر پیشین", search.LevelWay: "معبر", search.LevelNeighbourhood: "محله", search.LevelCity: "شهر یا روستا",
		search.LevelCounty: "شهرستان", search.LevelProvince: "استان", search.LevelNone: "هیچ",
	}
	for level := search.LevelLandmark; level >= search.LevelNone; level-- {
		tell(level.Name(), fa[level])
	}
	tell("error", "خوانده‌نشده")
}
