# Warns of problems with every plan and apply. The data source inside a check
# block belongs to it: even a database that cannot be asked only warns.
check "cluster_is_healthy" {
  data "vicidial_cluster_health" "now" {
    expected_schema_version = 1720
  }

  assert {
    condition     = data.vicidial_cluster_health.now.healthy
    error_message = join("\n", data.vicidial_cluster_health.now.problems)
  }
}

# Outside a check it can be used elsewhere: do not move trunks on a floor where a
# node is dead.
data "vicidial_cluster_health" "before" {}

resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 120
  servers     = { "10.10.10.11" = {}, "10.10.10.12" = {} }

  lifecycle {
    precondition {
      condition     = alltrue([for ip in ["10.10.10.11", "10.10.10.12"] : data.vicidial_cluster_health.before.nodes[ip].alive])
      error_message = "A node of the split is dead."
    }
  }
}
