package faulttest_test

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acctest"
)

// The configurations of these tests have each resource.
func TestFaults_haveEachResource(t *testing.T) {
	const haproxy, nginx, files = "vicidial_haproxy_config", "vicidial_nginx_config", "vicidial_node_config"
	acctest.EveryResource(t, "replaced", replacedTypes, files)
	acctest.EveryResource(t, "updated", updatedTypes, "vicidial_inbound_numbers", haproxy, nginx, files)
	acctest.EveryResource(t, "leaving", acctest.ResourceTypes(leaving), "vicidial_server", "vicidial_inbound_numbers", "vicidial_cluster_settings", haproxy, nginx, files)
	spelled := ""
	for _, c := range spellings {
		spelled += c.block
	}
	acctest.EveryResource(t, "spellings", acctest.ResourceTypes(spelled), "vicidial_inbound_numbers", "vicidial_cluster_settings", haproxy, nginx, files)
	if len(logged) != len(updatedTypes) {
		t.Errorf("%d objects of updated have a line in logged, of %d", len(logged), len(updatedTypes))
	}
}
