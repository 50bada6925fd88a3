// Package tfcli says which Terraform or OpenTofu the tests run, and under which
// name the provider is known to it. TF_ACC_TERRAFORM_PATH chooses the program, and
// with it the host name of the provider's address.
package tfcli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

const (
	programVariable = "TF_ACC_TERRAFORM_PATH"

	// The test framework takes the address of the provider from these.
	hostVariable      = "TF_ACC_PROVIDER_HOST"
	namespaceVariable = "TF_ACC_PROVIDER_NAMESPACE"

	namespace = "vicidial"
)

// Program returns the path of the program, or its name where it is looked for in
// PATH.
func Program() string { return cmp.Or(os.Getenv(programVariable), "terraform") }

// Environment returns the environment of a Terraform with a CLI configuration, and more
// variables: that of this process without the variables of Terraform and the provider,
// except those for logging, and the one that turns TLS off between the two.
func Environment(config string, more ...string) []string {
	environment := slices.DeleteFunc(os.Environ(), func(setting string) bool {
		return strings.HasPrefix(setting, "VICIDIAL_") ||
			strings.HasPrefix(setting, "TF_") && !strings.HasPrefix(setting, "TF_LOG") && !strings.HasPrefix(setting, "TF_DISABLE_PLUGIN_TLS=")
	})
	environment = append(environment, "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	return append(environment, more...)
}

// DefaultHost returns the host name that the program puts in front of the source
// vicidial/vicidial.
var DefaultHost = sync.OnceValues(func() (string, error) {
	output, err := exec.CommandContext(context.Background(), Program(), "version").Output()
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", Program(), err)
	}
	return defaultHost(output)
})

// defaultHost tells the programs apart by the first line of their version command.
func defaultHost(version []byte) (string, error) {
	for program, host := range map[string]string{
		"Terraform v": "registry.terraform.io",
		"OpenTofu v":  "registry.opentofu.org",
	} {
		if bytes.HasPrefix(version, []byte(program)) {
			return host, nil
		}
	}
	line, _, _ := bytes.Cut(version, []byte("\n"))
	return "", fmt.Errorf("%q is the version of neither Terraform nor OpenTofu: set %s to one of them", line, programVariable)
}

// Source returns the whole address of the provider: under the host of
// TF_ACC_PROVIDER_HOST, or else under the default host of the program.
func Source() (string, error) {
	host := os.Getenv(hostVariable)
	if host == "" {
		var err error
		if host, err = DefaultHost(); err != nil {
			return "", err
		}
	}
	return host + "/" + namespace + "/vicidial", nil
}

// Export sets what the test framework reads, so that it serves the provider under
// the address that [Source] returns.
var Export = sync.OnceValue(func() error {
	if os.Getenv(hostVariable) == "" {
		host, err := DefaultHost()
		if err != nil {
			return err
		}
		if err := os.Setenv(hostVariable, host); err != nil {
			return err
		}
	}
	return os.Setenv(namespaceVariable, namespace)
})

// RequiredProviders returns the block that requires the provider by its whole
// address.
func RequiredProviders() (string, error) {
	source, err := Source()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("terraform {\n  required_providers {\n    vicidial = { source = %q }\n  }\n}\n", source), nil
}

// Reattach renames the provider in a value of TF_REATTACH_PROVIDERS, which names
// it as the provider's program does, to the address that [Source] returns.
func Reattach(value string) (string, error) {
	source, err := Source()
	if err != nil {
		return "", err
	}
	var servers map[string]json.RawMessage
	if err := json.Unmarshal([]byte(value), &servers); err != nil {
		return "", fmt.Errorf("TF_REATTACH_PROVIDERS: %w", err)
	}
	renamed := make(map[string]json.RawMessage, 1)
	for _, server := range servers {
		renamed[source] = server
	}
	text, err := json.Marshal(renamed)
	return string(text), err
}
