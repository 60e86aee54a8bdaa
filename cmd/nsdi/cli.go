package main

import (
	"context"
	"io"
	"strconv"

	"github.com/alecthomas/kong"
)

// cli is the command line; the tags are its help text.
type cli struct {
	Data        string `env:"NSDI_DATA" default:"var" type:"path" help:"Folder of the private database cluster and other state."`
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" help:"PostgreSQL 15–17 with PostGIS ≥ 3.3 to use instead of the private cluster."`

	ApplicationURL string `name:"application-url" env:"NSDI_APPLICATION_URL" help:"The same database for the server: a login that is nsdi_application or a member of it, and owns nothing. Without it the server takes that role on the connection of DATABASE_URL."`

	Serve    serveCommand    `cmd:"" help:"Serve pages, tiles, search and progress."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to this version's schema."`
	Import   importCommand   `cmd:"" help:"Take files through the delivery pipeline to published, and print the report."`
	Sample   sampleCommand   `cmd:"" help:"Write a synthetic sample country as deliveries."`
	Agency   agencyCommand   `cmd:"" help:"Agencies: what they may deliver, where, and to whom they delegate."`
	User     userCommand     `cmd:"" help:"Add people, give them roles, and help them back in."`
	Key      keyCommand      `cmd:"" help:"API keys for the programs of agencies."`
	Geocode  geocodeCommand  `cmd:"" help:"Look up an address, as the API does."`
	Export   exportCommand   `cmd:"" help:"Write layers as a file of vector tiles for a plain web server."`
	Doctor   doctorCommand   `cmd:"" help:"Check that everything that nsdi needs is there, and say what is missing."`
	Snapshot snapshotCommand `cmd:"" help:"Freeze the progress figures, and verify what was frozen."`
}

// terminal is where a command writes.
type terminal struct{ out, err io.Writer }

// run parses the arguments and runs one command.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("nsdi"), kong.Description("National spatial data infrastructure server."),
		kong.Vars{"seed": strconv.Itoa(defaultSeed)}, kong.Writers(out, errOut), kong.Exit(func(int) { exited = true }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if exited {
		return nil
	}
	if err != nil {
		return err
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(&c, terminal{out, errOut})
}
