package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/testenv"
)

// legacyCluster is the database of an existing cluster that is adopted, and a directory for the
// configuration.
type legacyCluster struct {
	env     *testenv.Environment
	server  *sandbox.Server
	program string // the provider
}

// adopt writes the configuration of a cluster that was made by hand, imports it, and
// checks that the plan is empty and that no row has changed.
func (s demo) adopt(ctx context.Context) error {
	database, err := s.legacy.server.NewDatabase(ctx, schema)
	if err != nil {
		return err
	}
	if err := database.AddLegacyCluster(ctx); err != nil {
		return err
	}
	before, err := rows{database}.count(ctx)
	if err != nil {
		return err
	}
	dir := s.legacy.env.Temporary("adopted")
	var output bytes.Buffer
	command := exec.CommandContext(ctx, s.legacy.program, "adopt", "-quiet", "-out", dir)
	command.Env = append(os.Environ(), testenv.Connection(database)...)
	command.Stdout, command.Stderr = &output, &output
	s.print("$ terraform-provider-vicidial adopt -out adopted")
	if err := command.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, output.String())
	}
	counts, _, _ := strings.Cut(output.String(), "\n")
	s.print(counts)
	cli, err := s.legacy.env.Open("legacy", os.DirFS(dir), testenv.Connection(database)...)
	if err != nil {
		return err
	}
	adopted := terraform{cli, s.printer}
	if _, err := adopted.quiet(ctx, 0, "init"); err != nil {
		return err
	}
	text, err := adopted.quiet(ctx, 0, "apply", "-auto-approve")
	if err != nil {
		return err
	}
	_, done, found := strings.Cut(text, "Apply complete! ")
	if !found || !strings.Contains(done, "0 added, 0 changed, 0 destroyed") {
		return unexpected("the adoption does more than import:\n%s", text)
	}
	done, _, _ = strings.Cut(done, "\n")
	s.print("$ terraform apply\n" + strings.TrimSpace(done))
	if _, err := adopted.quiet(ctx, exitEmpty, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	after, err := rows{database}.count(ctx)
	if err != nil {
		return err
	}
	if !maps.Equal(before, after) {
		return unexpected("the adoption has changed the number of rows")
	}
	s.ok("terraform plan is empty, and no row has changed")
	report, err := os.ReadFile(filepath.Join(dir, "ADOPTED.md"))
	if err != nil {
		return err
	}
	_, table, _ := strings.Cut(string(report), "| table |")
	table, _, _ = strings.Cut(table, "\n\n")
	s.print("| table |" + table)
	return nil
}
