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

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// stateFile is the part of a state file that the checks need, of version 4, which
// Terraform and OpenTofu write.
type stateFile struct {
	Outputs map[string]struct {
		Value any `json:"value"`
	} `json:"outputs"`
	Resources []struct {
		Module    string          `json:"module"`
		Mode      string          `json:"mode"`
		Type      string          `json:"type"`
		Name      string          `json:"name"`
		Instances []stateInstance `json:"instances"`
	} `json:"resources"`
}

type stateInstance struct {
	Index      any            `json:"index_key"`
	Attributes map[string]any `json:"attributes"`
	Deposed    string         `json:"deposed"`
	Status     string         `json:"status"`
}

// stateFile reads the state of a folder. A folder without a file has an empty one.
func (f folder) stateFile() (file stateFile, err error) {
	text, err := os.ReadFile(filepath.Join(f.dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err != nil {
		return file, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return file, decoder.Decode(&file)
}

// each calls do for each object outside of modules, with its type and its address.
func (s stateFile) each(do func(kind, address string, instance stateInstance)) {
	for _, r := range s.Resources {
		for _, instance := range r.Instances {
			if r.Module != "" || instance.Deposed != "" {
				continue
			}
			address := r.Type + "." + r.Name
			if r.Mode == "data" {
				address = "data." + address
			}
			if instance.Index != nil {
				index, _ := json.Marshal(instance.Index) // a number or a text, decoded before
				address += "[" + string(index) + "]"
			}
			do(r.Type, address, instance)
		}
	}
}

// shown returns the values of a state as `terraform show -json` does, which takes a start
// of Terraform. It has no identities: test cases that check them choose a Terraform, so
// that the framework runs them.
func (f folder) shown() (*tfjson.State, error) {
	file, err := f.stateFile()
	values := &tfjson.StateValues{Outputs: map[string]*tfjson.StateOutput{}, RootModule: &tfjson.StateModule{}}
	for name, output := range file.Outputs {
		values.Outputs[name] = &tfjson.StateOutput{Value: output.Value}
	}
	file.each(func(_, address string, instance stateInstance) {
		values.RootModule.Resources = append(values.RootModule.Resources, &tfjson.StateResource{Address: address, AttributeValues: instance.Attributes})
	})
	return &tfjson.State{Values: values}, err
}

// indexes writes the index of an address as the checks of the test framework expect it.
var indexes = strings.NewReplacer(`["`, ".", `"]`, "", "[", ".", "]", "")

// state returns the state of a folder as the checks of the test framework expect it:
// attributes by paths such as allocations.10.0.0.1, with the number of elements under
// "#" and "%".
func (f folder) state() (*terraform.State, error) {
	file, err := f.stateFile()
	if err != nil {
		return nil, err
	}
	state := terraform.NewState() //nolint:staticcheck // the type of the checks of a test case
	root := state.RootModule()
	for name, output := range file.Outputs {
		root.Outputs[name] = &terraform.OutputState{Type: outputType(output.Value), Value: outputValue(output.Value)}
	}
	file.each(func(kind, address string, instance stateInstance) {
		attributes := map[string]string{}
		for name, value := range instance.Attributes {
			addPaths(attributes, name, value)
		}
		root.Resources[indexes.Replace(address)] = &terraform.ResourceState{
			Type: kind, Primary: &terraform.InstanceState{ID: attributes["id"], Attributes: attributes, Tainted: instance.Status == "tainted"},
		}
	})
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
