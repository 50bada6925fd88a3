package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What names a file, an account or a command, or becomes one line of a file, is refused
// before the plan where it has a control character.
func TestControlCharacters_areRefusedAtTheirAttribute(t *testing.T) {
	all, _, server := schemas(t)
	file := []string{"file.path", "file.owner", "file.mode", "file.binary", "file.reload_timeout", "file.reload_command"}
	tried := map[string][]string{
		"vicidial_haproxy_config": slices.Concat(file, []string{"process.user", "process.group", "process.control_socket"}),
		"vicidial_nginx_config":   slices.Concat(file, []string{"process.error_log", "process.pid_file"}),
		"vicidial_node_config":    {"name", "time_server", "install.sources", "recordings.archive.folder"},
	}
	for name, attributes := range tried {
		kind := all.ResourceSchemas[name].ValueType()
		for _, attribute := range attributes {
			for _, text := range []string{"/a\nb", "/a\rb", "/a\x00b", "/a\x1b[31mb", "/a\tb", "/a\u0085b"} {
				config, err := tfprotov6.NewDynamicValue(kind, holding(t, kind, strings.Split(attribute, "."), text))
				if err != nil {
					t.Fatal(err)
				}
				validated, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: &config})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(validated.Diagnostics, func(d *tfprotov6.Diagnostic) bool {
					return d.Severity == tfprotov6.DiagnosticSeverityError && strings.HasPrefix(dotted(d.Attribute), attribute)
				}) {
					t.Errorf("%s.%s takes %q", name, attribute, text)
				}
			}
		}
	}
}

// dotted are the names of a path, with dots between.
func dotted(at *tftypes.AttributePath) string {
	var names []string
	for _, step := range at.Steps() {
		if name, named := step.(tftypes.AttributeName); named {
			names = append(names, string(name))
		}
	}
	return strings.Join(names, ".")
}
