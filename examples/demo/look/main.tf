# Reads the cluster: what remains when a node dies, and a picture. It declares no
# resource, so it changes nothing.

terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}

provider "vicidial" {}

# SURVEY must keep its lines, and all campaigns together need 20 calls a second.
data "vicidial_failover_plan" "cluster" {
  campaigns        = { SURVEY = 60 }
  calls_per_second = 20
}

data "vicidial_topology" "cluster" {
  title = "The demo's cluster"
  live  = false # no Asterisk runs here, so no node has a heartbeat
  proxy = { name = "haproxy", address = "10.10.20.2" }

  web_nodes = {
    web1 = "10.10.20.21"
    web2 = "10.10.20.22"
    web3 = "10.10.20.23"
  }
}

output "survivable" {
  value = data.vicidial_failover_plan.cluster.survivable
}

output "losses" {
  value = { for loss in data.vicidial_failover_plan.cluster.losses : join(", ", loss.lost) => loss.reasons }
}

output "failover" {
  value = data.vicidial_failover_plan.cluster.table
}

output "picture" {
  value = data.vicidial_topology.cluster.svg
}
