package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// statesFolder has a folder for each released version, with a state of each resource
// as that version wrote it. TestAccRuns_configuredOnce records them.
const statesFolder = "testdata/states"

// releases returns the versions of a change log that are released.
func releases(changelog string) []string {
	var versions []string
	for _, found := range regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+)( \(unreleased\))?`).FindAllStringSubmatch(changelog, -1) {
		if found[2] == "" {
			versions = append(versions, found[1])
		}
	}
	return versions
}

// upgraded upgrades a recorded state to the schema of now. It returns what is wrong.
func upgraded(t *testing.T, server tfprotov6.ProviderServer, all *tfprotov6.GetProviderSchemaResponse, recorded recordedState) string {
	t.Helper()
	schema, found := all.ResourceSchemas[recorded.Resource]
	if !found {
		return "there is no resource " + recorded.Resource + " any more, and nothing moves its state"
	}
	resp, err := server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: recorded.Resource, Version: recorded.SchemaVersion, RawState: &tfprotov6.RawState{JSON: recorded.Attributes},
	})
	if err != nil {
		return err.Error()
	}
	var wrong []string
	for _, diagnostic := range resp.Diagnostics {
		wrong = append(wrong, diagnostic.Summary+": "+diagnostic.Detail)
	}
	if len(wrong) > 0 {
		return strings.Join(wrong, "\n")
	}
	value, err := resp.UpgradedState.Unmarshal(schema.ValueType())
	if err != nil {
		return err.Error()
	}
	var before map[string]any
	var after map[string]tftypes.Value
	if err := json.Unmarshal(recorded.Attributes, &before); err != nil {
		return err.Error()
	}
	if err := value.As(&after); err != nil {
		return err.Error()
	}
	for name, was := range before {
		if recorded.SchemaVersion != schema.Version {
			break // an upgrader may rename and drop
		}
		switch is, stays := after[name]; {
		case !stays:
			wrong = append(wrong, "there is no attribute "+name+" any more, and no upgrader")
		case was != nil && is.IsNull():
			wrong = append(wrong, name+" lost its value")
		}
	}
	return strings.Join(wrong, "\n")
}

// The state of every released version can be read.
func TestStates_ofReleases(t *testing.T) {
	t.Parallel()
	all, _, server := schemas(t)
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(statesFolder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range releases(string(changelog)) {
		if !slices.Contains(folders, filepath.Join(statesFolder, version)) {
			t.Errorf("no state of version %s is recorded: CONTRIBUTING.md says how", version)
		}
	}
	for _, folder := range folders {
		files, err := filepath.Glob(folder + "/*.json")
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no state (%v)", folder, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var recorded recordedState
			if err := json.Unmarshal(text, &recorded); err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			if wrong := upgraded(t, server, all, recorded); wrong != "" {
				t.Errorf("%s: %s", file, wrong)
			}
		}
	}
}

// What the test of the states finds, on states that it has to accept and to refuse.
func TestStates_areChecked(t *testing.T) {
	t.Parallel()
	if got := strings.Join(releases("# Changelog\n## 0.2.0 (unreleased)\n## 0.1.1\n## 0.1.0 (2027-01-02)\n"), " "); got != "0.1.1 0.1.0" {
		t.Errorf("the releases are %s", got)
	}
	all, _, server := schemas(t)
	for name, schema := range all.ResourceSchemas {
		attributes := map[string]any{}
		for _, attribute := range schema.Block.Attributes {
			attributes[attribute.Name] = nil
		}
		state := func() recordedState {
			text, err := json.Marshal(attributes)
			if err != nil {
				t.Fatal(err)
			}
			return recordedState{Resource: name, SchemaVersion: schema.Version, Attributes: text}
		}
		if wrong := upgraded(t, server, all, state()); wrong != "" {
			t.Errorf("%s: a state of now: %s", name, wrong)
		}
		later := state()
		later.SchemaVersion++
		if upgraded(t, server, all, later) == "" {
			t.Errorf("%s: a state of a schema that is not there is accepted", name)
		}
		attributes["nothing_of_the_kind"] = "x"
		if upgraded(t, server, all, state()) == "" {
			t.Errorf("%s: an attribute that is gone is not noticed", name)
		}
	}
	if upgraded(t, server, all, recordedState{Resource: "vicidial_gone"}) == "" {
		t.Error("a resource that is gone is not noticed")
	}
}
