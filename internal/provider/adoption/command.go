package adoption

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/adopt"
)

// The exit codes of the command.
const (
	exitDone    = 0
	exitFailed  = 1
	exitOmitted = 2 // with -detailed-exitcode: done, and rows are left out
)

// Command is the command adopt.
type Command struct {
	Version string // empty for one that is not released
	Server  tfprotov6.ProviderServer
	// Store returns the store of the server, once it is configured.
	Store  func() Store
	Output io.Writer
	Errors io.Writer
}

const usage = `Usage: terraform-provider-vicidial adopt [options]

Reads a cluster, which it never writes to, and writes its configuration: a
directory that terraform init, terraform apply (imports only) and an empty plan
follow. In a directory that has one it adds what is new, and changes nothing.

The connection is that of the provider: the options below that begin with the
provider's settings, VICIDIAL_HOST, VICIDIAL_USERNAME, VICIDIAL_PASSWORD and the
others of the environment, or a node's astguiclient.conf. Secrets are taken from
the environment or from files only.

Options:
`

// Run runs the command with its arguments, and returns the exit code.
func (c Command) Run(ctx context.Context, args []string) int {
	err := c.run(ctx, args)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errOmitted):
		return exitOmitted
	}
	_, _ = fmt.Fprintln(c.Errors, "Error:", err)
	return exitFailed
}

var errOmitted = errors.New("rows are left out")

// Summary is the output of -json.
type Summary struct {
	Directory string        `json:"directory"`
	Objects   int           `json:"objects"`
	Omitted   []OmittedRows `json:"left_out"`
	Warnings  int           `json:"warnings"`
	Tables    []adopt.Sum   `json:"tables"`
	Lines     int           `json:"lines"` // of the configuration, without the import blocks
	Seconds   float64       `json:"seconds"`
	Changes
}

// OmittedRows has rows that are left out, with the reason.
type OmittedRows struct {
	Rows   []string `json:"rows"`
	Reason string   `json:"reason"`
}

func (c Command) run(ctx context.Context, args []string) error {
	began := time.Now()
	client, err := newClient(ctx, c.Server)
	if err != nil {
		return err
	}
	options := runOptions{}
	flags := flag.NewFlagSet("adopt", flag.ContinueOnError)
	flags.SetOutput(c.Errors)
	flags.Usage = func() {
		_, _ = fmt.Fprint(c.Errors, usage)
		flags.PrintDefaults()
	}
	dir := flags.String("out", "adopted", "the `directory` to write")
	only := flags.String("only", "", "what to adopt, separated by commas: "+shortNames()+" (default all)")
	flags.StringVar(&options.Match, "match", "", "adopt objects whose name matches this `pattern`, with * and ?")
	flags.IntVar(&options.Differences, "differences", adopt.DefaultDifferences, "number of `lines` in which the copies of a carrier on several servers may differ")
	asJSON := flags.Bool("json", false, "print a summary as JSON")
	module := siteModule{}
	flags.StringVar(&module.Source, "module", "", "write the variable file of the module for whole sites at this `source`, and import blocks for its addresses, in place of resources")
	flags.StringVar(&module.Site, "site", "", "`name` of the site, with -module")
	quiet := flags.Bool("quiet", false, "print no progress")
	detailed := flags.Bool("detailed-exitcode", false, "exit with 2 if rows are left out")
	settings := providerFlags(flags, client.schema.Provider.Block.Attributes, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; see terraform-provider-vicidial adopt -help", flags.Arg(0))
	}
	if *only != "" {
		options.Only = strings.Split(*only, ",")
	}
	if err := errors.Join(options.check(), module.check()); err != nil {
		return err
	}
	if !*quiet {
		options.Progress = func(line string) { _, _ = fmt.Fprintln(c.Errors, line) }
	}
	before, err := readManifest(*dir)
	if err != nil {
		return err
	}
	block, err := settings.connect(ctx, c.Server, client)
	if err != nil {
		return err
	}
	f, err := run(ctx, c.Server, c.Store(), options)
	if err != nil {
		return err
	}
	if module.Source != "" {
		host, _ := textOf(settings.given["host"])
		return c.writeModule(f, module, host, *dir, providerFiles{Version: c.Version, Block: block}, *detailed)
	}
	f.names(before)
	changes, err := f.write(*dir, before, providerFiles{Version: c.Version, Block: block})
	if err != nil {
		return err
	}
	summary := f.summary(*dir, changes, time.Since(began))
	if err := c.print(summary, *asJSON, len(before.Objects) > 0); err != nil {
		return err
	}
	if *detailed && len(f.omitted) > 0 {
		return errOmitted
	}
	return nil
}

// writeModule writes the module's variables, and reports what does not fit.
func (c Command) writeModule(f *result, module siteModule, host, dir string, provider providerFiles, detailed bool) error {
	s := f.siteOf(module, host)
	names, err := s.write(dir, provider)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.Output, "%d imports; written to %s: %s\n\n%s", len(s.imports), dir, strings.Join(names, ", "), s.report()); err != nil {
		return err
	}
	if detailed && len(s.misfits) > 0 {
		return errOmitted
	}
	return nil
}

func (f *result) summary(dir string, changes Changes, took time.Duration) Summary {
	s := Summary{Directory: dir, Objects: len(f.objects), Tables: f.tally.Sums(), Changes: changes, Seconds: took.Round(time.Millisecond).Seconds(), Omitted: []OmittedRows{}}
	for _, out := range f.omitted {
		rows := make([]string, 0, len(out.Rows))
		for _, row := range out.Rows {
			rows = append(rows, rowName(row))
		}
		s.Omitted = append(s.Omitted, OmittedRows{Rows: rows, Reason: out.Reason})
	}
	for _, o := range f.objects {
		s.Warnings += len(o.warnings)
	}
	for name, text := range files(f.pieces()) { // into a sum: the order does not show
		if name != importsFile {
			s.Lines += strings.Count(text, "\n")
		}
	}
	return s
}

func (c Command) print(s Summary, asJSON, again bool) error {
	if asJSON {
		encoder := json.NewEncoder(c.Output)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s)
	}
	var text strings.Builder
	read, adopted, left := 0, 0, 0
	for _, sum := range s.Tables {
		read, adopted, left = read+sum.Read, adopted+sum.Adopted, left+sum.Omitted
	}
	fmt.Fprintf(&text, "%d rows in %d objects, %d lines; %d of %d rows left out, %d warnings (%.1f s)\n", adopted, s.Objects, s.Lines, left, read, s.Warnings, s.Seconds)
	if again {
		for _, list := range []struct {
			title string
			lines []string
		}{{"New", s.New}, {"Grown", s.Grown}, {"Deleted from the database", s.Gone}} {
			for _, line := range list.lines {
				fmt.Fprintf(&text, "%s: %s\n", list.title, line)
			}
		}
	}
	switch {
	case len(s.Files) == 0:
		fmt.Fprintf(&text, "%s already contains all objects; nothing was written.\n", s.Directory)
	default:
		fmt.Fprintf(&text, "Written to %s: %s\n", s.Directory, strings.Join(s.Files, ", "))
	}
	if !again {
		fmt.Fprintf(&text, "\nNext:\n  cd %s\n  terraform init\n  terraform apply   # imports, and changes no row\n  terraform plan    # is empty\n", s.Directory)
	}
	_, err := io.WriteString(c.Output, text.String())
	return err
}
