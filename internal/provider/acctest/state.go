package acctest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// stateFile is the part of a state file that the checks need, of version 4, which
// Terraform and OpenTofu write.
type stateFile struct {
	Outputs map[string]struct {
		Value any `json:"value"`
	} `json:"outputs"`
	Resources []struct {
		Module    string `json:"module"`
		Mode      string `json:"mode"`
		Type      string `json:"type"`
		Name      string `json:"name"`
		Instances []struct {
			Index      any            `json:"index_key"`
			Attributes map[string]any `json:"attributes"`
			Deposed    string         `json:"deposed"`
			Status     string         `json:"status"`
		} `json:"instances"`
	} `json:"resources"`
}

// state reads the state of a folder as the checks of the test framework expect it:
// attributes by paths such as allocations.10.0.0.1, with the number of elements under
// "#" and "%". A folder without a state file has an empty one. Objects of modules are
// left out.
func (f folder) state() (*terraform.State, error) {
	state := terraform.NewState() //nolint:staticcheck // the type of the checks of a test case
	text, err := os.ReadFile(filepath.Join(f.dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return state, nil
	}
	if err != nil {
		return nil, err
	}
	var file stateFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&file); err != nil {
		return nil, err
	}
	root := state.RootModule()
	for name, output := range file.Outputs {
		root.Outputs[name] = &terraform.OutputState{Type: outputType(output.Value), Value: outputValue(output.Value)}
	}
	for _, r := range file.Resources {
		for _, instance := range r.Instances {
			if r.Module != "" || instance.Deposed != "" {
				continue
			}
			key := r.Type + "." + r.Name
			if r.Mode == "data" {
				key = "data." + key
			}
			if instance.Index != nil {
				key += fmt.Sprintf(".%v", instance.Index)
			}
			attributes := map[string]string{}
			for name, value := range instance.Attributes {
				addPaths(attributes, name, value)
			}
			root.Resources[key] = &terraform.ResourceState{
				Type: r.Type, Primary: &terraform.InstanceState{ID: attributes["id"], Attributes: attributes, Tainted: instance.Status == "tainted"},
			}
		}
	}
	return state, nil
}

// addPaths adds a value, and all values inside of it, under their paths.
func addPaths(into map[string]string, path string, value any) {
	switch value := value.(type) {
	case nil:
	case map[string]any:
		into[path+".%"] = strconv.Itoa(len(value))
		for key, element := range value {
			addPaths(into, path+"."+key, element)
		}
	case []any:
		into[path+".#"] = strconv.Itoa(len(value))
		for i, element := range value {
			addPaths(into, path+"."+strconv.Itoa(i), element)
		}
	default:
		into[path] = fmt.Sprint(value)
	}
}

func outputType(value any) string {
	switch value.(type) {
	case map[string]any:
		return "map"
	case []any:
		return "list"
	}
	return "string"
}

func outputValue(value any) any {
	if outputType(value) == "string" {
		return fmt.Sprint(value)
	}
	return value
}

// instances returns the managed objects of a state.
func instances(state *terraform.State) []*terraform.InstanceState {
	var found []*terraform.InstanceState
	for key, r := range state.RootModule().Resources {
		if !strings.HasPrefix(key, "data.") {
			r.Primary.Ephemeral.Type = r.Type
			found = append(found, r.Primary)
		}
	}
	return found
}
