# Inside a check block, the data source would make each plan one with changes.
data "vicidial_cluster_health" "now" {
  expected_schema_version = 1720
}

# Warns of problems with every plan and apply.
check "cluster_is_healthy" {
  assert {
    condition     = data.vicidial_cluster_health.now.healthy
    error_message = join("\n", data.vicidial_cluster_health.now.problems)
  }
}

# Does not move trunks while a node of the split is dead.
resource "vicidial_trunk_split" "sales" {
  campaign_id = "SALES"
  total       = 120
  servers     = { "10.10.10.11" = {}, "10.10.10.12" = {} }

  lifecycle {
    precondition {
      condition     = alltrue([for ip in ["10.10.10.11", "10.10.10.12"] : data.vicidial_cluster_health.now.nodes[ip].alive])
      error_message = "A node of the split is dead."
    }
  }
}
