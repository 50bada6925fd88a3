package proxyconfig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/configfile"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// model is the resource's attributes by name: the two schemas differ, and a
// struct would have to be written twice.
type model struct{ types.Object }

type identity struct {
	Name types.String `tfsdk:"name"`
	Path types.String `tfsdk:"path"`
}

// adoption is the file of an import: as the schema's defaults have it.
type adoption struct {
	Path          string   `tfsdk:"path"`
	Mode          string   `tfsdk:"mode"`
	Owner         string   `tfsdk:"owner"`
	Backup        bool     `tfsdk:"backup"`
	Validate      bool     `tfsdk:"validate"`
	Binary        string   `tfsdk:"binary"`
	ReloadCommand []string `tfsdk:"reload_command"`
}

func adopted(path string) adoption {
	return adoption{Path: path, Mode: "0640", Backup: true, Validate: true}
}

func get(ctx context.Context, from interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}, diags *diag.Diagnostics,
) (model, bool) {
	object, ok := tfhelper.Get[types.Object](ctx, from, diags)
	return model{object}, ok
}

// with replaces computed attributes, by strings and lists of strings.
func (m model) with(ctx context.Context, values map[string]any) model {
	all := maps.Clone(m.Attributes())
	for name, value := range values {
		switch value := value.(type) {
		case string:
			all[name] = types.StringValue(value)
		case []string:
			elements := make([]attr.Value, 0, len(value))
			for _, text := range value {
				elements = append(elements, types.StringValue(text))
			}
			all[name] = types.ListValueMust(types.StringType, elements)
		}
	}
	return model{types.ObjectValueMust(m.AttributeTypes(ctx), all)}
}

func (m model) fields() fields { return fields{reader: &reader{}, values: m.Attributes()} }

func (m model) text(name string) string { return m.fields().text(name, "") }

func (m model) name() string { return m.text("name") }

func (m model) identity() identity {
	id := identity{Name: types.StringValue(m.name()), Path: types.StringNull()}
	if file, kept := m.file(); kept {
		id.Path = types.StringValue(file.Path)
	}
	return id
}

// file is where the text is kept; false when it is not kept.
func (m model) file() (configfile.File, bool) {
	f, ok := m.fields().object("file")
	if !ok {
		return configfile.File{}, false
	}
	mode, err := configfile.ParseMode(f.text("mode", "0640"))
	if err != nil {
		mode = 0o640 // the schema has refused it
	}
	return configfile.File{Path: f.text("path", ""), Mode: mode, Owner: f.text("owner", ""), Backup: f.yes("backup", true)}, true
}

func (m model) reloadCommand() []string {
	f, ok := m.fields().object("file")
	if !ok {
		return nil
	}
	return f.texts("reload_command")
}

// validates says whether the real proxy shall read the text, and which binary.
func (m model) validates() (binary string, wanted bool) {
	f, ok := m.fields().object("file")
	return f.text("binary", ""), ok && f.yes("validate", true)
}

// compare says how a file differs from the text, and what it says itself.
func (p proxy) compare(file configfile.File, want string) (lines []string, found []byte, err error) {
	found, err = file.Read()
	if errors.Is(err, fs.ErrNotExist) {
		return []string{"file: it is not there"}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if lines, err = p.drift([]byte(want), found); err != nil {
		lines = []string{"file: it cannot be read as " + p.noun + ": " + err.Error()}
	}
	deviations, err := file.Deviations()
	return append(lines, deviations...), found, err
}

func absolute(path string) error {
	if !filepath.IsAbs(path) || filepath.Clean(path) != path {
		return fmt.Errorf("%q is not an absolute path in its shortest form", path)
	}
	return nil
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// diagnose points at the attributes that problems are about. Warnings about
// different attributes differ in their summaries, or Terraform would show one.
func diagnose(problems []webtier.Problem) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, problem := range problems {
		at := path.Empty()
		var names []string
		for _, step := range problem.Place {
			if step.IsKey {
				at = at.AtMapKey(step.Name)
			} else {
				at = at.AtName(step.Name)
				names = append(names, step.Name)
			}
		}
		if problem.Warning {
			diags.Append(tfhelper.WarnAt(at, "Web tier: look at "+strings.Join(names, "."), problem.Text)...)
		} else {
			diags.Append(tfhelper.DiagnoseAt(at, "Invalid web tier", errors.New(problem.Text))...)
		}
	}
	return diags
}
