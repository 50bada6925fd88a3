# Carriers on node 10.10.10.11, including those on all nodes.
data "vicidial_carriers" "dial1" {
  server_ip = "10.10.10.11"
  active    = true
}

# Node addresses to which the carrier may deliver calls.
data "vicidial_carriers" "inbound" {
  active  = true
  inbound = true
}

output "inbound_targets" {
  value = distinct([for carrier in data.vicidial_carriers.inbound.carriers : carrier.server_ip])
}
