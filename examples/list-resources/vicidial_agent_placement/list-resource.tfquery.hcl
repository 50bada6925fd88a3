# terraform query -generate-config-out=floors.tf
list "vicidial_agent_placement" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_agent_placement" "on_dial1" {
  provider = vicidial
  limit    = 10000

  config {
    server = "dial1"
  }
}
