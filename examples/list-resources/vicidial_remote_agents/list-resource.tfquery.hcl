# terraform query -generate-config-out=agents.tf
list "vicidial_remote_agents" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_remote_agents" "on_dial1" {
  provider = vicidial
  limit    = 10000

  config {
    server = "dial1"
  }
}
