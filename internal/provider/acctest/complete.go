package acctest

import (
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// EveryResource fails a test if a resource is neither in its table, whose cases are about
// tried, nor in others, the resources that the test is not about.
func EveryResource(t *testing.T, table string, tried []string, others ...string) {
	t.Helper()
	for _, construct := range provider.New("test")().Resources(t.Context()) {
		var meta resource.MetadataResponse
		construct().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: tfhelper.ProviderType}, &meta)
		if !slices.Contains(tried, meta.TypeName) && !slices.Contains(others, meta.TypeName) {
			t.Errorf("%s is not in %s: add it, or name it as one that the test is not about", meta.TypeName, table)
		}
	}
}

var resourceBlock = regexp.MustCompile(`resource "(vicidial_\w+)"`)

// ResourceTypes returns the types of the resources in a configuration.
func ResourceTypes(config string) []string {
	var types []string
	for _, block := range resourceBlock.FindAllStringSubmatch(config, -1) {
		types = append(types, block[1])
	}
	return types
}
