package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers"
	"nsdi/progress"
)

// snapshotCommand is “nsdi snapshot”.
type snapshotCommand struct {
	Take   snapshotTakeCommand   `cmd:"" help:"Freeze the figures now."`
	List   snapshotListCommand   `cmd:"" help:"List the snapshots, newest first."`
	Verify snapshotVerifyCommand `cmd:"" help:"Calculate a snapshot again from history and compare."`
	Report snapshotReportCommand `cmd:"" help:"Print the weekly report as one PDF file, for the Council's secretariat."`
}

// withSnapshots opens the database for one command.
func withSnapshots(ctx context.Context, c *cli, t terminal, do func(*progress.Snapshots) error) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return do(&progress.Snapshots{Pool: db.pool, Now: time.Now, RuleSet: layers.RuleSetVersion()})
}

type snapshotTakeCommand struct {
	Note string `help:"What it is for."`
}

// Run takes one, after the figures have followed what was published.
func (k *snapshotTakeCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withSnapshots(ctx, c, t, func(s *progress.Snapshots) error {
		if _, err := (&progress.Follower{Pool: s.Pool, Log: slog.New(slog.NewTextHandler(t.err, nil))}).Step(ctx); err != nil {
			return err
		}
		n, err := s.Take(ctx, access.Operator, k.Note)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "snapshot %d of %s (%s): %d units, data up to change %d, rule set %d, method %d\n%s\n", n.ID, n.Day, n.Jalali, n.Units, n.Change, n.RuleSet, n.Method, n.Digest)
		return nil
	})
}

type snapshotListCommand struct {
	Limit int `default:"60" help:"At most this many."`
}

// Run lists them.
func (k *snapshotListCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withSnapshots(ctx, c, t, func(s *progress.Snapshots) error {
		list, err := s.List(ctx, k.Limit)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tDAY\tWEEK\tBY\tUNITS\tCHANGE\tRULE SET\tMETHOD\tNOTE")
		for _, n := range list {
			week := "-"
			if n.Week != nil {
				week = *n.Week
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", n.ID, n.Day, week, n.TakenBy, n.Units, n.Change, n.RuleSet, n.Method, n.Note)
		}
		return w.Flush()
	})
}

type snapshotVerifyCommand struct {
	Snapshot string `arg:"" help:"Number of the snapshot, or a day: the last one until then."`
}

// Run verifies one. What cannot be calculated from history is said, and counts for nothing.
func (k *snapshotVerifyCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withSnapshots(ctx, c, t, func(s *progress.Snapshots) error {
		v, err := s.Verify(ctx, k.Snapshot)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "snapshot %d of %s\n", v.Snapshot.ID, v.Snapshot.Day)
		if v.Intact {
			fmt.Fprintln(t.out, "rows and chain: as they were written")
		} else {
			fmt.Fprintln(t.out, "rows and chain: NOT as they were written")
		}
		fmt.Fprintf(t.out, "calculated again from history: %d figures, %d differ\n", v.Compared, len(v.Differ))
		for _, d := range v.Differ {
			fmt.Fprintf(t.out, "  %s %s %s %s: %s, calculated %s\n", d.Unit, d.Obligation, d.Measure, d.What, amount(d.Frozen), amount(d.Calculated))
		}
		for _, k := range v.Kept {
			fmt.Fprintf(t.out, "kept with the snapshot, not calculated again: %s\n", k.EN)
		}
		for _, a := range v.Apart {
			fmt.Fprintf(t.out, "not calculated again: %d figures. %s\n", a.Figures, a.Why.EN)
		}
		if v.OK() {
			return nil
		}
		return &errs.Error{
			Code: "snapshot-differs", Op: "snapshot verify", Value: k.Snapshot,
			Title: errs.T("ثبت با تاریخچه نمی‌خواند", "The snapshot is not what history gives"),
			Next:  errs.T("پشتیبان‌ها را با آن بسنجید و علت را بیابید.", "Compare it with the backups, and find out why."),
		}
	})
}

func amount(x *float64) string {
	if x == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.6f", *x)
}
