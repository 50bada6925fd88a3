package tfcli

import (
	"strings"
	"testing"
)

func TestDefaultHost(t *testing.T) {
	for version, want := range map[string]string{
		"Terraform v1.11.4\non linux_amd64\n": "registry.terraform.io",
		"OpenTofu v1.11.0\non linux_amd64\n":  "registry.opentofu.org",
	} {
		if host, err := defaultHost([]byte(version)); host != want || err != nil {
			t.Errorf("%q has host %q (%v), want %q", version, host, err, want)
		}
	}
	if _, err := defaultHost([]byte("Packer v1.0\n")); err == nil || !strings.Contains(err.Error(), "TF_ACC_TERRAFORM_PATH") {
		t.Errorf("another program: %v", err)
	}
}

func TestReattach(t *testing.T) {
	t.Setenv(hostVariable, "providers.example.org")
	value, err := Reattach(`{"registry.terraform.io/vicidial/vicidial":{"Protocol":"grpc"}}`)
	if want := `{"providers.example.org/vicidial/vicidial":{"Protocol":"grpc"}}`; value != want || err != nil {
		t.Errorf("%s (%v), want %s", value, err, want)
	}
}
