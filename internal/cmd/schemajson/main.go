// Command schemajson prints the provider's schema as `terraform providers
// schema -json` prints it, but without a Terraform: the documentation then
// shows identities, list resources and actions whatever CLI is installed, and
// needs neither a build nor an init. Descriptions of columns are completed
// from the tables and the page of columns. It may import everything; the provider
// does not import it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
)

func main() {
	page := flag.String("columns", filepath.Join("docs", "vicidial", "columns.md"), "page that has the label of each column")
	name := flag.String("name", "vicidial", "key of the provider in the document; the documentation tool wants the short name")
	flag.Parse()
	server, err := providerserver.NewProtocol6WithError(provider.New("docs")())()
	if err == nil {
		err = writeSchema(context.Background(), os.Stdout, *name, withColumns{server, *page})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemajson:", err)
		os.Exit(1)
	}
}

// source is the part of a provider's server that is used.
type source interface {
	GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error)
	GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error)
}

// writeSchema reads all schemas of the server and writes them as one document with the
// provider under the given name.
func writeSchema(ctx context.Context, out io.Writer, name string, server source) error {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return fmt.Errorf("provider schema: %w", err)
	}
	if err := firstError(schemas.Diagnostics); err != nil {
		return fmt.Errorf("provider schema: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return fmt.Errorf("identity schemas: %w", err)
	}
	if err := firstError(identities.Diagnostics); err != nil {
		return fmt.Errorf("identity schemas: %w", err)
	}
	return write(out, name, schemas, identities)
}

// firstError is the first error among the diagnostics; warnings pass.
func firstError(diagnostics []*tfprotov6.Diagnostic) error {
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
	return nil
}
